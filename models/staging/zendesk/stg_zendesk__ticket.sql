with

judged as (
    select * from {{ ref('base_zendesk__ticket') }}
)

select
    id as ticket_id,
    source_relation,
    organization_id,
    requester_id as requester_user_id,
    submitter_id as submitter_user_id,
    assignee_id as assignee_user_id,
    group_id,
    brand_id,
    status as ticket_status,
    priority,
    type as ticket_type,
    via_channel as channel,
    created_at,
    due_at,
    updated_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
