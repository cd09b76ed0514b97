with

changes as (
    select * from {{ ref('stg_zendesk__ticket_field_history') }}
)

select
    {{ canonical_id('ticket_id', 'zendesk') }} as ticket_id,
    source_relation,
    {{ canonical_id('changed_by_user_id', 'zendesk') }} as changed_by_user_id,
    field_name,
    new_value,
    changed_at
from changes
