with

judged as (
    select * from {{ ref('base_zendesk__organization') }}
)

select
    id as organization_id,
    source_relation,
    external_id as crm_account_id,
    group_id,
    {{ printable('name') }} as organization_name,
    created_at,
    updated_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
