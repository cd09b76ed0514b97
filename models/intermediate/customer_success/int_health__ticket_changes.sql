-- What the history of a ticket's status, priority and rating said, and when: as intervals [known_from, known_to). The ticket
-- as it is now is not asked, because that was not known then; only that a ticket is deleted ends what was open of it.
with

events as (
    select * from {{ ref('input_ticket_events') }}
    where field_name in ('status', 'priority', 'satisfaction_score')
),

tickets as (
    select * from {{ ref('input_tickets') }}
    where customer_id is not null
),

changes as (
    select
        ticket_id,
        field_name,
        new_value,
        lag(new_value) over (partition by ticket_id, field_name order by changed_at) as previous_value,
        {{ local_date('changed_at') }} as known_from,
        coalesce(
            {{ local_date('lead(changed_at) over (partition by ticket_id, field_name order by changed_at)') }},
            {{ open_end() }}
        ) as known_to
    from events
)

select
    changes.ticket_id,
    tickets.customer_id,
    changes.field_name,
    changes.new_value,
    coalesce(changes.field_name = 'status' and changes.new_value in ('new', 'open', 'pending', 'hold'), false) as is_open,
    coalesce(
        changes.field_name = 'status'
        and changes.previous_value in ('solved', 'closed')
        and changes.new_value in ('new', 'open', 'pending', 'hold'), false
    ) as is_reopened,
    coalesce(changes.field_name = 'priority' and changes.new_value = 'urgent', false) as is_urgent,
    coalesce(changes.field_name = 'satisfaction_score' and changes.new_value in ('good', 'bad'), false) as is_rating,
    changes.known_from,
    case
        when tickets.is_deleted then least(changes.known_to, {{ local_date('tickets.updated_at') }})
        else changes.known_to
    end as known_to
from changes
inner join tickets on changes.ticket_id = tickets.ticket_id
