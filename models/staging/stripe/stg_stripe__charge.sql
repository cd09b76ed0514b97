with

judged as (
    select * from {{ ref('base_stripe__charge') }}
)

select
    id as charge_id,
    source_relation,
    customer_id as billing_account_id,
    invoice_id,
    status,
    failure_code,
    upper(currency) as currency,
    amount as amount_minor,
    amount_refunded as refunded_minor,
    coalesce(paid, false) as is_paid,
    coalesce(livemode, true) as is_live,
    created as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
