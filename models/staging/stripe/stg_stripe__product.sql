with

judged as (
    select * from {{ ref('base_stripe__product') }}
)

select
    id as product_id,
    source_relation,
    {{ printable('name') }} as product_name,
    {{ json_text('metadata', var('metadata_keys').product_family) }} as product_family,
    coalesce({{ json_text('metadata', var('metadata_keys').revenue_type) }}, 'recurring') as revenue_type,
    coalesce(livemode, true) as is_live,
    coalesce(is_deleted, false) as is_deleted,
    created as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
