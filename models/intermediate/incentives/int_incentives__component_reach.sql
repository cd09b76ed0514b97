-- One row a component that could still earn points towards the next tier: what it would take to close the whole
-- distance with it alone, or to get out of it what is left.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

goals as (
    select * from {{ ref('int_incentives__track_goals') }}
    where points_missing > 0
),

paths as (
    select * from {{ ref('int_incentives__score_paths') }}
    where is_chosen
),

scored_components as (
    select * from {{ ref('int_incentives__score_components') }}
    where is_scored
),

score_bands as (
    select * from {{ ref('score_bands') }}
),

bands as (
    select
        version_months.month_start,
        score_bands.*
    from version_months
    inner join score_bands
        on {{ rule_in_force('score_bands', 'version_months', 'version_months.month_start') }}
),

best_bands as (
    select
        program_version_id,
        component_id,
        month_start,
        max(points) as points
    from bands
    group by program_version_id, component_id, month_start
),

reachable as (
    select
        goals.track,
        goals.points_missing,
        paths.gain_whole,
        scored_components.*,
        coalesce(paths.gain_share, scored_components.weight) as gain_share,
        cast(
            least(scored_components.max_points, coalesce(best_bands.points, scored_components.max_points))
            as decimal(18, 6)
        ) as reachable_points
    from goals
    inner join paths
        on
            goals.program_version_id = paths.program_version_id
            and goals.scorecard_id = paths.scorecard_id
            and goals.partner_id = paths.partner_id
            and goals.month_start = paths.month_start
    inner join scored_components
        on
            paths.program_version_id = scored_components.program_version_id
            and paths.scorecard_id = scored_components.scorecard_id
            and paths.path_id = scored_components.path_id
            and paths.partner_id = scored_components.partner_id
            and paths.month_start = scored_components.month_start
    left join best_bands
        on
            scored_components.score_function = 'band'
            and scored_components.program_version_id = best_bands.program_version_id
            and scored_components.component_id = best_bands.component_id
            and scored_components.month_start = best_bands.month_start
),

components as (
    select
        *,
        {{ portion('reachable_points - points', 'gain_share', 'gain_whole') }} as reachable_gain,
        least(points_missing, {{ portion('reachable_points - points', 'gain_share', 'gain_whole') }}) as wanted_gain
    from reachable
    where
        reachable_points > points
        and gain_share > 0
        -- a ratio of nothing cannot be raised by so many points
        and (value is not null or unit_kind <> 'ratio')
),

{{ steps_to_gain() }}

select
    program_id,
    program_version_id,
    track,
    scorecard_id,
    path_id,
    component_id,
    partner_id,
    component_name,
    score_function,
    unit_label,
    unit_kind,
    currency,
    value,
    points,
    min_points,
    max_points,
    reachable_points,
    threshold,
    unit_value,
    gain_share,
    gain_whole,
    points_missing,
    gain as possible_gain,
    -- rough cost where the program tells what a unit costs; else by how much the measure has to grow
    more_units * unit_cost_hint as effort,
    {{ portion('more_units', '1', 'greatest(new_value, 0.000001)') }} as growth_needed,
    reachable_gain >= points_missing as is_enough_alone,
    month_start
from steps
where gain > 0
