-- One row a condition on a metric or a score, partner and month: the value, the threshold, and whether the month taken
-- by itself reaches it. An exception may set another threshold for a partner, or waive the condition.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

participants as (
    select * from {{ ref('int_incentives__participants') }}
),

conditions as (
    select * from {{ ref('gate_conditions') }}
),

measures as (
    select * from {{ ref('int_incentives__bound_measures') }}
),

scorecards as (
    select * from {{ ref('scorecards') }}
),

snapshots as (
    select * from {{ ref('int_incentives__metric_snapshots') }}
),

scores as (
    select * from {{ ref('int_incentives__scores') }}
),

exceptions as (
    select * from {{ ref('int_incentives__exceptions') }}
    where gate_condition_id is not null
),

in_force as (
    select
        version_months.program_id,
        version_months.month_start,
        conditions.*,
        conditions.verification = 'verified'
        and coalesce(measures.is_verified, true) as is_verified,
        case when conditions.scorecard_id is null then measures.unit_kind else 'points' end as unit_kind,
        coalesce(measures.measure_name, scorecards.scorecard_name) as measure_name,
        measures.currency
    from version_months
    inner join conditions
        on {{ rule_in_force('conditions', 'version_months', 'version_months.month_start') }}
    left join measures
        on
            version_months.program_version_id = measures.program_version_id
            and version_months.month_start = measures.month_start
            and conditions.binding_id = measures.binding_id
    left join scorecards
        on
            conditions.scorecard_id = scorecards.scorecard_id
            and {{ rule_in_force('scorecards', 'version_months', 'version_months.month_start') }}
    where conditions.tier_id is null
),

valued as (
    select
        in_force.*,
        participants.partner_id,
        participants.months_as_partner,
        case when in_force.scorecard_id is null then snapshots.value else scores.score end as value,
        coalesce(exceptions.value_override, in_force.threshold) as partner_threshold,
        exceptions.exception_id,
        exceptions.is_verified as is_exception_verified,
        exceptions.exception_id is not null and exceptions.value_override is null as is_waived
    from in_force
    inner join participants
        on
            in_force.program_version_id = participants.program_version_id
            and in_force.month_start = participants.month_start
    left join snapshots
        on
            in_force.program_version_id = snapshots.program_version_id
            and in_force.binding_id = snapshots.binding_id
            and participants.partner_id = snapshots.partner_id
            and in_force.month_start = snapshots.month_start
    left join scores
        on
            in_force.program_version_id = scores.program_version_id
            and in_force.scorecard_id = scores.scorecard_id
            and participants.partner_id = scores.partner_id
            and in_force.month_start = scores.month_start
    left join exceptions
        on
            in_force.program_version_id = exceptions.program_version_id
            and in_force.gate_condition_id = exceptions.gate_condition_id
            and participants.partner_id = exceptions.partner_id
            and in_force.month_start = exceptions.month_start
)

select
    program_id,
    program_version_id,
    gate_condition_id,
    gate_group_id,
    binding_id,
    scorecard_id,
    partner_id,
    exception_id,
    operator,
    assessment,
    measure_name,
    unit_kind,
    currency,
    value,
    partner_threshold as threshold,
    assessment_month,
    cure_months,
    new_partner_exempt_months,
    reentry_wait_months,
    months_as_partner,
    notice_days,
    coalesce(case operator
        when '>=' then value >= partner_threshold
        when '>' then value > partner_threshold
        when '<=' then value <= partner_threshold
        when '<' then value < partner_threshold
        when '=' then value = partner_threshold
    end, false) as is_reached,
    is_grandfathering,
    is_waived,
    is_verified and coalesce(is_exception_verified, true) as is_verified,
    month_start
from valued
