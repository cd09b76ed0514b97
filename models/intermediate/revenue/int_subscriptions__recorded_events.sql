-- What the recorded versions of a subscription say of its status and when that took effect, with the stretches in which
-- invoices deny it: service was in force there.
with

versions as (
    select * from {{ ref('int_subscriptions__status_versions') }}
),

denied as (
    select * from {{ ref('int_subscriptions__denied_statuses') }}
    where not is_current
),

judged as (
    select
        versions.*,
        lag(versions.billing_status) over (
            partition by versions.subscription_id order by versions.version_started_at
        ) as previous_status,
        coalesce(denied.is_after_trial, false) as is_after_trial,
        denied.denied_from,
        denied.denied_until
    from versions
    left join denied
        on
            versions.subscription_id = denied.subscription_id
            and versions.version_started_at = denied.version_started_at
),

stated as (
    select
        subscription_id,
        case when is_after_trial then 'trialing' else status end as status,
        is_cancelled_at_period_end,
        case
            when status = 'canceled' and not is_after_trial then coalesce(ended_at, version_started_at)
            when previous_status = 'trialing' and trial_ends_at < version_started_at then trial_ends_at
            else version_started_at
        end as occurred_at,
        period_ends_at,
        cancels_at,
        2 as precedence
    from judged
    where denied_from is null or denied_from > version_started_at
),

in_force as (
    select
        subscription_id,
        'active' as status,
        is_cancelled_at_period_end,
        denied_from as occurred_at,
        period_ends_at,
        cancels_at,
        2 as precedence
    from judged
    where denied_from is not null
),

in_force_until as (
    select
        subscription_id,
        status,
        is_cancelled_at_period_end,
        denied_until as occurred_at,
        period_ends_at,
        cancels_at,
        2 as precedence
    from judged
    where denied_until < next_version_at or (denied_until is not null and next_version_at is null)
),

-- a pause of collection that says when it ends, where no later version speaks first
resumption as (
    select
        subscription_id,
        billing_status as status,
        is_cancelled_at_period_end,
        pause_resumes_at as occurred_at,
        period_ends_at,
        cancels_at,
        2 as precedence
    from judged
    where
        status <> billing_status
        and pause_resumes_at > version_started_at
        and (next_version_at is null or pause_resumes_at < next_version_at)
)

select * from stated
union all
select * from in_force
union all
select * from in_force_until
union all
select * from resumption
