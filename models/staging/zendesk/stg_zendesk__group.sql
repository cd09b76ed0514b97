with

judged as (
    select * from {{ ref('base_zendesk__group') }}
)

select
    id as group_id,
    source_relation,
    {{ printable('name') }} as group_name,
    coalesce(_fivetran_deleted, false) as is_deleted,
    created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
