with

judged as (
    select * from {{ ref('base_stripe__invoice_discount') }}
)

select
    id as discount_id,
    source_relation,
    coupon_id,
    'invoice' as applies_to,
    customer_id as billing_account_id,
    subscription_id,
    cast(null as {{ dbt.type_string() }}) as subscription_item_id,
    invoice_id,
    cast(null as {{ dbt.type_string() }}) as invoice_line_id,
    start as started_at,
    {{ adapter.quote('end') }} as ended_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
