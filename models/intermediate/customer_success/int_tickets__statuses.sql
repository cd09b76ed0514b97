-- Every status of a ticket, from asking on, and what it came after: which changes solved it, and which opened it again.
with

moments as (
    select * from {{ ref('int_tickets__moments') }}
    where moment <> 'replied'
),

followed as (
    select
        *,
        lag(ticket_status) over (status_order) as status_before,
        lag(business_clock) over (status_order) as clock_before
    from moments
    window status_order as (partition by ticket_id order by happened_at, case moment when 'asked' then 0 else 1 end)
)

select
    ticket_id,
    schedule_id,
    moment,
    ticket_status,
    status_before,
    clock_before,
    business_clock,
    coalesce(ticket_status in ('solved', 'closed') and status_before not in ('solved', 'closed'), false) as is_solution,
    coalesce(ticket_status not in ('solved', 'closed', 'deleted') and status_before in ('solved', 'closed'), false)
        as is_reopening,
    happened_at
from followed
