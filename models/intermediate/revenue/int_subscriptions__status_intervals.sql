-- The status at the end of each day, as intervals [from_date, to_date), with how a counting interval
-- began and what ended it.
with

events as (
    select * from {{ ref('int_subscriptions__status_events') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

dated as (
    select
        events.*,
        {{ local_date('events.occurred_at') }} as event_date
    from events
    cross join as_of
    where events.occurred_at <= as_of.as_of_at
),

last_of_day as (
    select
        *,
        row_number() over (
            partition by subscription_id, event_date order by occurred_at desc, precedence desc, status asc
        ) as recency
    from dated
),

changes as (
    select
        *,
        lag(status) over (partition by subscription_id order by event_date) as previous_status,
        lag(is_cancelled_at_period_end) over (partition by subscription_id order by event_date) as was_cancelled
    from last_of_day
    where recency = 1
),

status_starts as (
    select * from changes
    where previous_status is null or previous_status <> status or is_cancelled_at_period_end or was_cancelled
),

intervals as (
    select
        subscription_id,
        status,
        previous_status,
        status in ('active', 'past_due') as is_counting,
        status = 'past_due' as is_at_risk,
        is_cancelled_at_period_end,
        period_ends_at,
        event_date as from_date,
        lead(status) over (partition by subscription_id order by event_date) as next_status,
        lead(occurred_at) over (partition by subscription_id order by event_date) as next_occurred_at,
        coalesce(
            lead(event_date) over (partition by subscription_id order by event_date), {{ open_end() }}
        ) as to_date
    from status_starts
)

select
    subscription_id,
    status,
    case
        when not is_counting or next_status in ('active', 'past_due') then null
        when next_status = 'paused' then 'pause'
        when next_status in ('unpaid', 'written_off') then 'involuntary'
        when next_status = 'canceled' and status = 'past_due' then 'involuntary'
        when
            next_status = 'canceled' and is_cancelled_at_period_end
            and {{ local_date('next_occurred_at') }} >= {{ local_date('period_ends_at') }}
            then 'non_renewal'
        when next_status is not null then 'voluntary'
    end as ended_by,
    is_counting,
    is_at_risk,
    coalesce(is_counting and previous_status = 'paused', false) as is_resumed,
    coalesce(is_counting and previous_status = 'trialing', false) as is_trial_conversion,
    from_date,
    to_date
from intervals
