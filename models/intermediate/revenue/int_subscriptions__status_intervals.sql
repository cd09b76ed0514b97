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
        -- one names the day, another only that it is the end of the period; each is notice
        events.is_cancelled_at_period_end or events.cancels_at is not null as has_notice,
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
        lag(has_notice) over (partition by subscription_id order by event_date) as had_notice
    from last_of_day
    where recency = 1
),

status_starts as (
    select * from changes
    where previous_status is null or previous_status <> status or has_notice or had_notice
),

intervals as (
    select
        subscription_id,
        status,
        previous_status,
        status in ('active', 'past_due', 'collection_paused') as is_counting,
        status in ('past_due', 'collection_paused') as is_at_risk,
        is_cancelled_at_period_end,
        cancels_at,
        period_ends_at,
        event_date as from_date,
        lead(status) over (partition by subscription_id order by event_date) as next_status,
        lead(occurred_at) over (partition by subscription_id order by event_date) as next_occurred_at,
        lead(period_ends_at) over (partition by subscription_id order by event_date) as next_period_ends_at,
        coalesce(
            lead(event_date) over (partition by subscription_id order by event_date), {{ open_end() }}
        ) as to_date
    from status_starts
)

select
    subscription_id,
    status,
    case
        when not is_counting or next_status in ('active', 'past_due', 'collection_paused') then null
        when next_status = 'paused' then 'pause'
        when next_status in ('unpaid', 'written_off') then 'involuntary'
        when next_status = 'canceled' and status = 'past_due' then 'involuntary'
        when
            next_status = 'canceled' and is_cancelled_at_period_end
            and {{ local_date('next_occurred_at') }} >= {{ local_date('period_ends_at') }}
            then 'non_renewal'
        -- set to end on a day: not renewed where no paid period was cut short, the last known one included
        when
            next_status = 'canceled'
            and {{ local_date('next_occurred_at') }} >= {{ local_date('cancels_at') }}
            and {{ local_date('next_occurred_at') }} >= coalesce(
                {{ local_date('next_period_ends_at') }}, {{ local_date('period_ends_at') }},
                {{ local_date('cancels_at') }}
            )
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
