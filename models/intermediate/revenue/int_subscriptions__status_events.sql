-- Every change of status and when it took effect: by the history where invoices do not deny it, then by the current row.
with

recorded as (
    select * from {{ ref('int_subscriptions__recorded_events') }}
),

versions as (
    select * from {{ ref('int_subscriptions__status_versions') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

denied as (
    select * from {{ ref('int_subscriptions__denied_statuses') }}
    where is_current
),

written_off as (
    select
        subscription_id,
        min(synced_at) as synced_at
    from {{ ref('input_invoices') }}
    where is_written_off and subscription_id is not null
    group by subscription_id
),

spans as (
    select
        subscription_id,
        min(version_started_at) as first_version_at,
        max(case when next_version_at is null then status end) as latest_status,
        max(case when next_version_at is null then billing_status end) as latest_billing_status,
        max(case
            when is_first and billing_status in ('incomplete', 'incomplete_expired') then 1 else 0
        end) = 1 as is_first_incomplete
    from versions
    group by subscription_id
),

with_history as (
    select
        subscriptions.*,
        {{ collected_status('subscriptions.synced_at', 'subscriptions') }} as collected_status,
        spans.latest_status,
        spans.latest_billing_status,
        spans.first_version_at,
        coalesce(spans.is_first_incomplete, false) as is_first_incomplete,
        denied.denied_until
    from subscriptions
    left join spans on subscriptions.subscription_id = spans.subscription_id
    left join denied on subscriptions.subscription_id = denied.subscription_id
),

-- service that began before the first recorded version; a first payment that failed began none
opening as (
    select
        subscription_id,
        case when trial_ends_at > started_at then 'trialing' else 'active' end as status,
        is_cancelled_at_period_end,
        started_at as occurred_at,
        period_ends_at,
        cancels_at,
        0 as precedence
    from with_history
    where (first_version_at is null or started_at < first_version_at) and not is_first_incomplete
),

trial_end as (
    select
        subscription_id,
        'active' as status,
        is_cancelled_at_period_end,
        trial_ends_at as occurred_at,
        period_ends_at,
        cancels_at,
        1 as precedence
    from with_history
    where
        trial_ends_at > started_at
        and status <> 'trialing'
        and (first_version_at is null or trial_ends_at < first_version_at)
        and (ended_at is null or trial_ends_at < ended_at)
        and not is_first_incomplete
),

-- the current row, where the history is absent or lags behind; an extract may have pauses in one table only
current_state as (
    select
        subscription_id,
        collected_status as status,
        is_cancelled_at_period_end,
        case
            when status = 'canceled' then coalesce(ended_at, denied_until, cancelled_at, synced_at)
            when status in ('incomplete', 'incomplete_expired', 'trialing') then started_at
            else coalesce(denied_until, synced_at)
        end as occurred_at,
        period_ends_at,
        cancels_at,
        3 as precedence
    from with_history
    where
        (
            status <> coalesce(latest_billing_status, '')
            or (pause_behavior is not null and collected_status <> latest_status)
        )
        and not (latest_billing_status is null and collected_status = 'active')
),

resumption as (
    select
        subscription_id,
        status,
        is_cancelled_at_period_end,
        pause_resumes_at as occurred_at,
        period_ends_at,
        cancels_at,
        3 as precedence
    from with_history
    where collected_status <> status and pause_resumes_at is not null
),

write_off as (
    select
        with_history.subscription_id,
        'written_off' as status,
        with_history.is_cancelled_at_period_end,
        written_off.synced_at as occurred_at,
        with_history.period_ends_at,
        with_history.cancels_at,
        4 as precedence
    from with_history
    inner join written_off on with_history.subscription_id = written_off.subscription_id
    where with_history.collected_status = 'past_due'
)

select * from recorded
union all
select * from opening
union all
select * from trial_end
union all
select * from current_state
union all
select * from resumption
union all
select * from write_off
