with

judged as (
    select * from {{ ref('base_zendesk__ticket_field_history') }}
)

select
    ticket_id,
    source_relation,
    field_name,
    user_id as changed_by_user_id,
    case when field_name not in ('subject', 'description', 'recipient') then {{ adapter.quote('value') }} end as new_value,
    updated as changed_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
