-- The moments of a ticket that its service is measured by, each with the reading of the clock of business hours: when it
-- was asked, the agents' public replies, and every change of its status. Times are those of the schedule that the
-- ticket was first put under, else of the default one.
with

tickets as (
    select * from {{ ref('input_tickets') }}
    where not is_deleted
),

comments as (
    select * from {{ ref('input_ticket_comments') }}
    where is_by_agent and is_public
),

changes as (
    select * from {{ ref('input_ticket_events') }}
    where field_name = 'status'
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

schedules as (
    select distinct
        schedule_id,
        source_relation,
        iana_time_zone,
        is_default
    from {{ ref('input_support_schedules') }}
),

ticket_schedules as (
    select
        *,
        row_number() over (partition by ticket_id order by applied_at, schedule_id) as place
    from {{ ref('input_ticket_schedules') }}
),

placed as (
    select
        tickets.ticket_id,
        tickets.source_relation,
        tickets.created_at,
        own_schedules.schedule_id
    from tickets
    left join ticket_schedules on tickets.ticket_id = ticket_schedules.ticket_id and ticket_schedules.place = 1
    left join schedules as own_schedules on ticket_schedules.schedule_id = own_schedules.schedule_id
),

scheduled as (
    select
        placed.ticket_id,
        placed.created_at,
        schedules.schedule_id,
        schedules.iana_time_zone
    from placed
    left join schedules
        on
            placed.schedule_id = schedules.schedule_id
            or (placed.schedule_id is null and placed.source_relation = schedules.source_relation and schedules.is_default)
),

happened as (
    select
        ticket_id,
        'asked' as moment,
        'new' as ticket_status,
        created_at as happened_at
    from scheduled
    union all
    -- what an agent wrote when it made the ticket is the question, not an answer to it
    select distinct
        comments.ticket_id,
        'replied' as moment,
        cast(null as {{ dbt.type_string() }}) as ticket_status,
        comments.created_at as happened_at
    from comments
    inner join scheduled on comments.ticket_id = scheduled.ticket_id and comments.created_at > scheduled.created_at
    union all
    select
        changes.ticket_id,
        'changed' as moment,
        changes.new_value as ticket_status,
        changes.changed_at as happened_at
    from changes
    inner join scheduled on changes.ticket_id = scheduled.ticket_id and changes.changed_at > scheduled.created_at
),

moments as (
    select
        happened.*,
        scheduled.schedule_id,
        scheduled.iana_time_zone
    from happened
    inner join scheduled on happened.ticket_id = scheduled.ticket_id
    cross join as_of
    where happened.happened_at <= as_of.as_of_at
),

{{ business_clock('moments', ['ticket_id', 'schedule_id', 'moment', 'ticket_status']) }}
