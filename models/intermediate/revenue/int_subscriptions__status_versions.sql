-- Recorded versions of a subscription with the status that counts, until when each held, and whether it speaks of the
-- subscription from its start.
with

versions as (
    select * from {{ ref('input_subscription_versions') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

placed as (
    select
        versions.subscription_id,
        versions.status as billing_status,
        {{ collected_status('versions.version_started_at', 'versions') }} as status,
        versions.is_cancelled_at_period_end,
        versions.version_started_at,
        lead(versions.version_started_at) over (
            partition by versions.subscription_id order by versions.version_started_at
        ) as next_version_at,
        row_number() over (
            partition by versions.subscription_id order by versions.version_started_at
        ) as place,
        versions.pause_behavior,
        versions.pause_resumes_at,
        versions.period_ends_at,
        versions.trial_ends_at,
        versions.cancels_at,
        versions.cancelled_at,
        versions.ended_at,
        subscriptions.started_at,
        subscriptions.synced_at
    from versions
    left join subscriptions on versions.subscription_id = subscriptions.subscription_id
)

select
    subscription_id,
    billing_status,
    status,
    pause_behavior,
    is_cancelled_at_period_end,
    place = 1 as is_first,
    coalesce(
        place = 1 and {{ local_date('version_started_at') }} <= {{ local_date('started_at') }}, false
    ) as is_from_start,
    version_started_at,
    next_version_at,
    pause_resumes_at,
    period_ends_at,
    trial_ends_at,
    cancels_at,
    cancelled_at,
    ended_at,
    synced_at
from placed
