with

judged as (
    select * from {{ ref('base_zendesk__brand') }}
)

select
    id as brand_id,
    source_relation,
    {{ printable('name') }} as brand_name,
    coalesce(active, true) as is_active,
    coalesce(_fivetran_deleted, false) as is_deleted,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
