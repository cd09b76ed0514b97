-- Money given back to customers, with what the charge was.
with

refunds as (
    select * from {{ ref('stg_stripe__refund') }}
    where status = 'succeeded'
),

charges as (
    select * from {{ ref('stg_stripe__charge') }}
),

billing_accounts as (
    select * from {{ ref('input_billing_accounts') }}
)

select
    {{ canonical_id('refunds.refund_id', 'stripe', 'refunds') }} as refund_id,
    refunds.source_relation,
    coalesce(billing_accounts.crm_account_id, billing_accounts.billing_account_id) as customer_id,
    refunds.currency,
    refunds.amount_minor as refunded_minor,
    charges.amount_minor as charged_minor,
    refunds.created_at
from refunds
inner join charges
    on refunds.charge_id = charges.charge_id and refunds.source_relation = charges.source_relation
inner join billing_accounts
    on {{ canonical_id('charges.billing_account_id', 'stripe', 'charges') }} = billing_accounts.billing_account_id
where charges.is_live
