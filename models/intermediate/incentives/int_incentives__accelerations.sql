-- The accelerators that apply to a lever, partner and period, in the order in which they do: their metric is in range, or
-- their tier or a higher one of its track is held.
with

rated as (
    select distinct
        program_version_id,
        lever_id,
        partner_id,
        period_start
    from {{ ref('int_incentives__rated') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

accelerators as (
    select * from {{ ref('accelerators') }}
),

qualifying_values as (
    select * from {{ ref('int_incentives__qualifying_values') }}
),

tiers as (
    select * from {{ ref('tiers') }}
),

held_tiers as (
    select * from {{ ref('int_incentives__tiers') }}
    where tier_id is not null
),

candidates as (
    select
        rated.program_version_id,
        rated.lever_id,
        rated.partner_id,
        accelerators.accelerator_id,
        accelerators.effect,
        accelerators.verification,
        accelerators.apply_order,
        accelerators.value,
        qualifying_values.value as metric_value,
        case accelerators.operator
            when '>=' then qualifying_values.value >= accelerators.threshold
            when '>' then qualifying_values.value > accelerators.threshold
            when '<=' then qualifying_values.value <= accelerators.threshold
            when '<' then qualifying_values.value < accelerators.threshold
            when '=' then qualifying_values.value = accelerators.threshold
        end
        and (accelerators.upper_threshold is null or qualifying_values.value < accelerators.upper_threshold) as is_in_range,
        accelerators.binding_id is null as is_free_of_metric,
        accelerators.tier_id is null or coalesce(held_tiers.tier_rank >= tiers.rank, false) as has_tier,
        rated.period_start
    from rated
    inner join period_levers
        on
            rated.program_version_id = period_levers.program_version_id
            and rated.lever_id = period_levers.lever_id
            and rated.period_start = period_levers.period_start
    inner join accelerators
        on
            rated.lever_id = accelerators.lever_id
            and {{ rule_in_force('accelerators', 'period_levers', 'period_levers.period_start') }}
    left join qualifying_values
        on
            rated.program_version_id = qualifying_values.program_version_id
            and rated.lever_id = qualifying_values.lever_id
            and rated.period_start = qualifying_values.period_start
            and accelerators.binding_id = qualifying_values.binding_id
            and rated.partner_id = qualifying_values.partner_id
    left join tiers
        on
            accelerators.tier_id = tiers.tier_id
            and {{ rule_in_force('tiers', 'period_levers', 'period_levers.period_start') }}
    left join held_tiers
        on
            tiers.program_version_id = held_tiers.program_version_id
            and tiers.track = held_tiers.track
            and rated.partner_id = held_tiers.partner_id
            and period_levers.last_month = held_tiers.month_start
)

select
    program_version_id,
    lever_id,
    partner_id,
    accelerator_id,
    effect,
    verification,
    row_number() over (
        partition by program_version_id, lever_id, partner_id, period_start order by apply_order, accelerator_id
    ) as step,
    value,
    metric_value,
    period_start
from candidates
where (is_free_of_metric or coalesce(is_in_range, false)) and has_tier
