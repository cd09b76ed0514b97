-- Statuses that invoices deny, and the stretch for which they do. An invoice counts against a status where its period
-- begins while that status is recorded: on a later day, because service that ends within a paid period has ended.
with

doubted as (
    select * from {{ ref('int_subscriptions__doubted_statuses') }}
),

billed as (
    select * from {{ ref('int_subscriptions__billed_periods') }}
),

denied as (
    select
        doubted.subscription_id,
        doubted.status,
        doubted.is_current,
        doubted.is_from_start and doubted.status <> 'incomplete' as is_from_start,
        doubted.version_started_at,
        doubted.next_version_at,
        doubted.synced_at,
        doubted.trial_ends_at,
        -- a notice is no end
        coalesce(
            doubted.ended_at, case when not doubted.is_cancelled_at_period_end then doubted.cancelled_at end
        ) as ended_at,
        min(billed.period_started_at) as first_started_at,
        max(billed.period_started_at) as last_started_at,
        max(billed.period_ends_at) as last_ends_at,
        -- the first period that is not paid; where all are, the last one is what is due
        max(coalesce(billed.next_started_at, billed.period_started_at)) as due_from
    from doubted
    inner join billed
        on
            doubted.subscription_id = billed.subscription_id
            and (doubted.next_version_at is null or doubted.next_version_at > billed.period_started_at)
            and (
                {{ local_date('billed.period_started_at') }} > {{ local_date('doubted.version_started_at') }}
                or (
                    doubted.is_from_start and doubted.status <> 'incomplete'
                    and {{ local_date('billed.period_started_at') }}
                    = {{ local_date('doubted.version_started_at') }}
                )
            )
    where
        doubted.status = 'canceled'
        -- while it is paused a billing system may issue invoices and give them up
        or (doubted.status = 'paused' and billed.is_owed)
        or billed.is_paid
    group by
        doubted.subscription_id, doubted.status, doubted.is_current, doubted.is_from_start,
        doubted.is_cancelled_at_period_end, doubted.version_started_at, doubted.next_version_at, doubted.synced_at, doubted.trial_ends_at,
        doubted.cancelled_at, doubted.ended_at
),

stretches as (
    select
        subscription_id,
        status,
        is_current,
        version_started_at,
        next_version_at,
        coalesce(is_from_start and trial_ends_at > version_started_at, false) as is_after_trial,
        case
            when is_from_start and coalesce(trial_ends_at <= version_started_at, true) then version_started_at
            else first_started_at
        end as denied_from,
        case
            when status = 'past_due' then due_from
            when status = 'canceled' and ended_at > last_started_at then ended_at
            -- it has ended today, although its last period goes on
            when next_version_at is null and synced_at > last_started_at and synced_at < last_ends_at then synced_at
            else last_ends_at
        end as denied_until
    from denied
)

select
    subscription_id,
    status,
    is_current,
    is_after_trial,
    version_started_at,
    next_version_at,
    denied_from,
    denied_until
from stretches
where denied_until > denied_from
