-- How each ticket was served, as far as it is known by now: in minutes of business hours, from asking to the first reply,
-- to the first and to the last solution, and how much of that the customer waited.
with

tickets as (
    select * from {{ ref('input_tickets') }}
    where not is_deleted
),

moments as (
    select * from {{ ref('int_tickets__moments') }}
),

ratings as (
    select * from {{ ref('int_tickets__ratings') }}
    where is_last
),

statuses as (
    select * from {{ ref('int_tickets__statuses') }}
),

solutions as (
    select
        ticket_id,
        max(case when moment = 'asked' then schedule_id end) as schedule_id,
        min(case when moment = 'asked' then business_clock end) as asked_clock,
        min(case when is_solution then business_clock end) as first_solved_clock,
        max(case when is_solution then business_clock end) as last_solved_clock,
        min(case when is_solution then happened_at end) as first_solved_at,
        max(case when is_solution then happened_at end) as last_solved_at,
        sum(case when is_reopening then 1 else 0 end) as reopenings
    from statuses
    group by ticket_id
),

-- what passed in a status is told by the change that ends it
waits as (
    select
        statuses.ticket_id,
        sum(case when statuses.status_before in ('new', 'open', 'hold') then statuses.business_clock - statuses.clock_before end)
            as waited,
        sum(case when statuses.status_before = 'pending' then statuses.business_clock - statuses.clock_before end) as paused
    from statuses
    inner join solutions on statuses.ticket_id = solutions.ticket_id and statuses.happened_at <= solutions.last_solved_at
    group by statuses.ticket_id
),

replies as (
    select
        ticket_id,
        count(*) as public_replies,
        min(business_clock) as first_reply_clock,
        min(happened_at) as first_reply_at
    from moments
    where moment = 'replied'
    group by ticket_id
)

select
    tickets.ticket_id,
    tickets.customer_id,
    tickets.assignee_person_id,
    solutions.schedule_id,
    case when solutions.asked_clock is null then 'no_business_hours' end as minutes_null_reason,
    tickets.ticket_type,
    tickets.priority,
    ratings.satisfaction,
    coalesce(replies.public_replies, 0) as public_replies,
    coalesce(solutions.reopenings, 0) as reopenings,
    {{ business_minutes('solutions.asked_clock', 'replies.first_reply_clock') }} as first_reply_minutes,
    {{ business_minutes('solutions.asked_clock', 'solutions.first_solved_clock') }} as first_resolution_minutes,
    {{ business_minutes('solutions.asked_clock', 'solutions.last_solved_clock') }} as full_resolution_minutes,
    {{ business_minutes('0', 'waits.waited') }} as requester_wait_minutes,
    {{ business_minutes('0', 'coalesce(waits.paused, 0 * waits.waited)') }} as paused_minutes,
    {{ local_date('tickets.created_at') }} as asked_on,
    {{ local_date('replies.first_reply_at') }} as first_replied_on,
    {{ local_date('solutions.first_solved_at') }} as first_solved_on,
    {{ local_date('solutions.last_solved_at') }} as last_solved_on
from tickets
inner join solutions on tickets.ticket_id = solutions.ticket_id
left join replies on tickets.ticket_id = replies.ticket_id
left join waits on tickets.ticket_id = waits.ticket_id
left join ratings on tickets.ticket_id = ratings.ticket_id
