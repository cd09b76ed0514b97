with

ticket_schedules as (
    select * from {{ ref('stg_zendesk__ticket_schedule') }}
)

select
    {{ canonical_id('ticket_id', 'zendesk') }} as ticket_id,
    source_relation,
    {{ canonical_id('schedule_id', 'zendesk') }} as schedule_id,
    applied_at
from ticket_schedules
