-- What was known of a subscription and when, from one recorded version to the next: as intervals [known_from, known_to).
-- Service before the first version is in force, and more is not known of it. Later versions change nothing of it, not even
-- those that are dated back.
with

versions as (
    select * from {{ ref('input_subscription_versions') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
    where exclusion_reason is null
),

recorded as (
    select
        subscription_id,
        status,
        {{ noticed_end() }} as notice_ends_on,
        {{ local_date('period_ends_at') }} as period_ends_on,
        -- a term is as long as it was when it was first heard of
        {{ local_date('min(version_started_at) over (
            partition by subscription_id, period_ends_at order by version_started_at
        )') }} as period_known_from,
        {{ local_date('version_started_at') }} as known_from,
        coalesce(
            {{ local_date('lead(version_started_at) over (partition by subscription_id order by version_started_at)') }},
            {{ open_end() }}
        ) as known_to
    from versions
),

firsts as (
    select
        subscription_id,
        min(known_from) as first_known
    from recorded
    group by subscription_id
),

before_history as (
    select
        subscriptions.subscription_id,
        cast(null as {{ dbt.type_string() }}) as status,
        cast(null as date) as notice_ends_on,
        cast(null as date) as period_ends_on,
        cast(null as date) as period_known_from,
        {{ local_date('subscriptions.started_at') }} as known_from,
        coalesce(firsts.first_known, {{ local_date('subscriptions.ended_at') }}, {{ open_end() }}) as known_to
    from subscriptions
    left join firsts on subscriptions.subscription_id = firsts.subscription_id
),

states as (
    select * from recorded
    union all
    select * from before_history
)

select
    states.subscription_id,
    subscriptions.customer_id,
    states.status,
    states.notice_ends_on,
    states.period_ends_on,
    {{ dbt.datediff('states.period_known_from', 'states.period_ends_on', 'day') }} as period_days,
    states.status is null or states.status in ('active', 'past_due') as is_in_force,
    states.known_from,
    states.known_to
from states
inner join subscriptions on states.subscription_id = subscriptions.subscription_id
where states.known_from < states.known_to
