-- Statuses that invoices may deny: recorded ones, and the current row where no history says since when it holds. Others
-- need no look at the lines.
with

versions as (
    select * from {{ ref('int_subscriptions__status_versions') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

-- a pause of collection may stand in the current row alone
undated as (
    select
        subscription_id,
        {{ collected_status('synced_at') }} as status,
        is_cancelled_at_period_end,
        true as is_from_start,
        true as is_current,
        started_at as version_started_at,
        cast(null as timestamp) as next_version_at,
        trial_ends_at,
        cancelled_at,
        ended_at,
        synced_at
    from subscriptions
    where not exists (
        select 1 from versions
        where
            versions.subscription_id = subscriptions.subscription_id
            and (
                subscriptions.pause_behavior is null
                or versions.pause_behavior is not null
                or versions.status = 'paused'
            )
    )
),

stated as (
    select
        subscription_id,
        status,
        is_cancelled_at_period_end,
        is_from_start,
        false as is_current,
        version_started_at,
        next_version_at,
        trial_ends_at,
        cancelled_at,
        ended_at,
        synced_at
    from versions
    union all
    select * from undated
)

select * from stated
where
    status in ('canceled', 'paused', 'incomplete')
    -- payment may be late, or fail for good, in a later version, whenever it is made after all; nobody is late with the
    -- first payment from the start on
    or (status in ('past_due', 'unpaid') and is_from_start)
