-- Partners that reach the next tier of a track by certification alone: what the gate lacks, if anything, and what the
-- score lacks, if anything, are certificates or certified people. No MRR is estimated: what a tier is worth depends on
-- what is sold in it.
with

goals as (
    select * from {{ ref('int_incentives__track_goals') }}
    where
        next_tier_id is not null
        and not coalesce(is_next_reached, false)
        and not coalesce(is_next_qualified, false)
        and coalesce(is_every_component_met, true)
),

steps as (
    select * from {{ ref('int_incentives__next_steps') }}
),

components as (
    select * from {{ ref('int_incentives__score_components') }}
),

conditions as (
    select * from {{ ref('int_incentives__gate_assessments') }}
    where not is_met
),

metrics as (
    select distinct
        bound.program_version_id,
        bound.binding_id
    from {{ ref('int_incentives__bound_metrics') }} as bound
    cross join {{ ref('opportunity_rules') }} as rules
    where
        rules.kind = 'certification_for_tier'
        and '|' || rules.applies_to || '|' like '%|' || bound.metric_id || '|%'
),

-- one condition that is missing, or one of several that would do
gates as (
    select
        goals.program_version_id,
        goals.track,
        goals.partner_id,
        goals.month_start,
        min(conditions.missing) as wording
    from goals
    inner join conditions
        on
            goals.program_version_id = conditions.program_version_id
            and goals.partner_id = conditions.partner_id
            and goals.month_start = conditions.month_start
    inner join metrics
        on conditions.program_version_id = metrics.program_version_id and conditions.binding_id = metrics.binding_id
    where
        goals.gate_missing not like '% and %'
        and (goals.gate_missing = conditions.missing or goals.gate_missing like '(%' || conditions.missing || '%)')
    group by goals.program_version_id, goals.track, goals.partner_id, goals.month_start
),

judged_steps as (
    select
        steps.*,
        case when metrics.binding_id is not null then 1 else 0 end as is_certification
    from steps
    inner join components
        on
            steps.program_version_id = components.program_version_id
            and steps.scorecard_id = components.scorecard_id
            and steps.path_id = components.path_id
            and steps.component_id = components.component_id
            and steps.partner_id = components.partner_id
            and steps.month_start = components.month_start
    left join metrics
        on components.program_version_id = metrics.program_version_id and components.binding_id = metrics.binding_id
),

-- each step is enough alone, or all of them are needed
scores as (
    select
        program_version_id,
        track,
        partner_id,
        month_start,
        replace(
            {{ ordered_list('description', 'step') }}, '|', case when is_enough_alone then ' or ' else ' and ' end
        ) as wording
    from judged_steps
    where is_certification = 1 or not is_enough_alone
    group by program_version_id, track, partner_id, month_start, is_enough_alone
    having min(is_certification) = 1
)

select
    goals.partner_id,
    goals.program_id,
    goals.track,
    case
        when gates.wording is not null and scores.wording is not null then gates.wording || ', and ' || scores.wording
        else coalesce(gates.wording, scores.wording)
    end || ': enough for ' || goals.next_tier_name as evidence,
    {{ money('goals.score') }} as measured_value,
    cast(goals.next_tier_score as decimal(18, 6)) as threshold,
    goals.month_start
from goals
left join gates
    on
        goals.program_version_id = gates.program_version_id
        and goals.track = gates.track
        and goals.partner_id = gates.partner_id
        and goals.month_start = gates.month_start
left join scores
    on
        goals.program_version_id = scores.program_version_id
        and goals.track = scores.track
        and goals.partner_id = scores.partner_id
        and goals.month_start = scores.month_start
where
    (goals.gate_missing is null or gates.wording is not null)
    and (coalesce(goals.points_missing, 0) <= 0 or scores.wording is not null)
    and (gates.wording is not null or scores.wording is not null)
