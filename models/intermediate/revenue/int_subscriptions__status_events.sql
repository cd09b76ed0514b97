-- Every change of a subscription's status with the moment it took effect. The history is the evidence;
-- the current row fills in what the history does not reach.
with

versions as (
    select * from {{ ref('input_subscription_versions') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

written_off as (
    select
        subscription_id,
        min(synced_at) as synced_at
    from {{ ref('input_invoices') }}
    where is_written_off and subscription_id is not null
    group by subscription_id
),

ordered_versions as (
    select
        *,
        lag(status) over (partition by subscription_id order by version_started_at) as previous_status,
        row_number() over (partition by subscription_id order by version_started_at desc) as recency,
        min(version_started_at) over (partition by subscription_id) as first_version_at
    from versions
),

recorded as (
    select
        subscription_id,
        status,
        is_cancelled_at_period_end,
        case
            when status = 'canceled' then coalesce(ended_at, version_started_at)
            when previous_status = 'trialing' and trial_ends_at < version_started_at then trial_ends_at
            else version_started_at
        end as occurred_at,
        period_ends_at,
        2 as precedence
    from ordered_versions
),

with_latest as (
    select
        subscriptions.*,
        latest.status as latest_recorded_status,
        latest.first_version_at
    from subscriptions
    left join ordered_versions as latest
        on subscriptions.subscription_id = latest.subscription_id and latest.recency = 1
),

-- service that began before the first recorded version
opening as (
    select
        subscription_id,
        case when trial_ends_at > started_at then 'trialing' else 'active' end as status,
        is_cancelled_at_period_end,
        started_at as occurred_at,
        period_ends_at,
        0 as precedence
    from with_latest
    where first_version_at is null or started_at < first_version_at
),

trial_end as (
    select
        subscription_id,
        'active' as status,
        is_cancelled_at_period_end,
        trial_ends_at as occurred_at,
        period_ends_at,
        1 as precedence
    from with_latest
    where
        trial_ends_at > started_at
        and status <> 'trialing'
        and (first_version_at is null or trial_ends_at < first_version_at)
        and (ended_at is null or trial_ends_at < ended_at)
),

-- the current row, where the history is absent or lags behind
current_state as (
    select
        subscription_id,
        status,
        is_cancelled_at_period_end,
        case
            when status = 'canceled' then coalesce(ended_at, cancelled_at, synced_at)
            when status in ('incomplete', 'incomplete_expired', 'trialing') then started_at
            else synced_at
        end as occurred_at,
        period_ends_at,
        3 as precedence
    from with_latest
    where
        status <> coalesce(latest_recorded_status, '')
        and not (latest_recorded_status is null and status = 'active')
),

write_off as (
    select
        subscriptions.subscription_id,
        'written_off' as status,
        subscriptions.is_cancelled_at_period_end,
        written_off.synced_at as occurred_at,
        subscriptions.period_ends_at,
        4 as precedence
    from subscriptions
    inner join written_off on subscriptions.subscription_id = written_off.subscription_id
    where subscriptions.status = 'past_due'
)

select * from recorded
union all
select * from opening
union all
select * from trial_end
union all
select * from current_state
union all
select * from write_off
