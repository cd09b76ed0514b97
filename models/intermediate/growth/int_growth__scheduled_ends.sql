-- Which subscriptions were known to end, when, and on which days that was known: from one version of a
-- subscription to the next. Without history the day of the cancellation tells from when.
with

versions as (
    select * from {{ ref('input_subscription_versions') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

recorded as (
    select
        subscription_id,
        {{ noticed_end() }} as ends_on,
        {{ local_date('version_started_at') }} as known_from,
        coalesce(
            {{ local_date('lead(version_started_at) over (partition by subscription_id order by version_started_at)') }},
            {{ open_end() }}
        ) as known_to
    from versions
),

without_history as (
    select
        subscriptions.subscription_id,
        coalesce({{ local_date('subscriptions.ended_at') }}, {{ noticed_end('subscriptions') }}) as ends_on,
        {{ local_date('subscriptions.cancelled_at') }} as known_from,
        {{ open_end() }} as known_to
    from subscriptions
    where not exists (
        select 1 from versions
        where versions.subscription_id = subscriptions.subscription_id
    )
),

notices as (
    select * from recorded
    union all
    select * from without_history
)

select
    subscription_id,
    ends_on,
    known_from,
    known_to
from notices
where ends_on > known_from and known_from < known_to
