with

judged as (
    select * from {{ ref('base_zendesk__ticket_schedule') }}
)

select
    ticket_id,
    source_relation,
    schedule_id,
    created_at as applied_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
