-- Which items a discount that is not of one invoice is of.
with

discounts as (
    select * from {{ ref('int_discounts__distinct') }}
    where not is_one_time
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

items as (
    select distinct
        subscription_item_id,
        subscription_id
    from {{ ref('int_subscription_items__gross_intervals') }}
)

select
    discounts.discount_id,
    discounts.target,
    items.subscription_item_id
from discounts
inner join items on discounts.subscription_id = items.subscription_id
where discounts.scope = 'subscription'
union all
select
    discounts.discount_id,
    discounts.target,
    items.subscription_item_id
from discounts
inner join subscriptions on discounts.billing_account_id = subscriptions.billing_account_id
inner join items on subscriptions.subscription_id = items.subscription_id
where discounts.scope = 'customer'
union all
select
    discount_id,
    target,
    subscription_item_id
from discounts
where scope = 'subscription_item'
