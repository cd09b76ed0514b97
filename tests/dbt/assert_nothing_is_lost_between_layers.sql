-- Guards against joins that drop: every accepted customer, subscription and partner reaches the input layer,
-- every subscription has its customer, and every item in force either has MRR or a stated reason.
{{ config(meta={'dagster': {'ref': {'name': 'input_subscriptions'}}}) }}
select
    'subscription not in the input layer' as problem,
    staged.subscription_id as key_lost
from {{ ref('stg_stripe__subscription') }} as staged
left join {{ ref('input_subscriptions') }} as input
    on {{ canonical_id('staged.subscription_id', 'stripe', 'staged') }} = input.subscription_id
where input.subscription_id is null
union all
select
    'customer not in the input layer' as problem,
    staged.account_id as key_lost
from {{ ref('stg_salesforce__account') }} as staged
left join {{ ref('input_customers') }} as customers on staged.account_id = customers.customer_id
where customers.customer_id is null
union all
select
    'billing account not in the input layer' as problem,
    staged.billing_account_id as key_lost
from {{ ref('stg_stripe__customer') }} as staged
left join {{ ref('input_billing_accounts') }} as accounts
    on {{ canonical_id('staged.billing_account_id', 'stripe', 'staged') }} = accounts.billing_account_id
where accounts.billing_account_id is null
union all
select
    'subscription without its customer' as problem,
    subscriptions.subscription_id as key_lost
from {{ ref('input_subscriptions') }} as subscriptions
left join {{ ref('input_customers') }} as customers on subscriptions.customer_id = customers.customer_id
where customers.customer_id is null
union all
select
    'partner not in the input layer' as problem,
    staged.partner_id as key_lost
from {{ ref('stg_partner_portal__partner') }} as staged
left join {{ ref('input_partners') }} as partners
    on {{ canonical_id('staged.partner_id', 'partner_portal', 'staged') }} = partners.partner_id
where partners.partner_id is null
union all
select
    'partner with MRR that is not known' as problem,
    months.partner_id as key_lost
from {{ ref('partner_mrr_monthly') }} as months
left join {{ ref('input_partners') }} as partners on months.partner_id = partners.partner_id
where partners.partner_id is null and months.partner_id <> 'direct'
union all
select
    'item in force without MRR or a reason' as problem,
    in_force.subscription_item_id as key_lost
from {{ ref('int_subscription_items__discounted') }} as in_force
left join {{ ref('int_mrr__partner_stock') }} as stock
    on in_force.subscription_item_id = stock.subscription_item_id
left join {{ ref('int_subscription_items__rejected') }} as rejected
    on in_force.subscription_item_id = rejected.subscription_item_id
where
    in_force.mrr > 0
    and in_force.from_date < in_force.to_date
    and stock.subscription_item_id is null
    and rejected.subscription_item_id is null
