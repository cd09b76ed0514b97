with

judged as (
    select * from {{ ref('base_stripe__refund') }}
)

select
    id as refund_id,
    source_relation,
    charge_id,
    status,
    reason as refund_reason,
    upper(currency) as currency,
    amount as amount_minor,
    created as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
