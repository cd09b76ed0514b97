with

judged as (
    select * from {{ ref('base_stripe__discount') }}
)

select
    id as discount_id,
    source_relation,
    coupon_id,
    customer_id as billing_account_id,
    subscription_id,
    invoice_id,
    start as started_at,
    {{ adapter.quote('end') }} as ended_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
