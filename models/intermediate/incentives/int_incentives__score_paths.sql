-- One row a path of a scorecard, partner and month: its total, and whether it is the path that counts. The highest
-- total does, as a whole: components of several paths are never mixed.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

scorecards as (
    select * from {{ ref('scorecards') }}
),

components as (
    select
        *,
        is_scored or coalesce(unscored_policy, 'zero') = 'zero' as is_counted,
        coalesce(weight, 0) as own_weight
    from {{ ref('int_incentives__score_components') }}
),

sums as (
    select
        program_id,
        program_version_id,
        scorecard_id,
        path_id,
        partner_id,
        month_start,
        sum(points) as points,
        sum(max_points) as max_points,
        sum(case when is_counted then max_points else 0 end) as counted_points,
        sum({{ times('points', 'own_weight', type_money()) }}) as weighted_points,
        sum(case when is_counted then own_weight else 0 end) as counted_weight,
        sum(case when is_scored and points <= 0 then 1 else 0 end) as components_at_zero,
        bool_and(is_verified) as is_verified
    from components
    group by program_id, program_version_id, scorecard_id, path_id, partner_id, month_start
),

-- what an unscored component could have given is spread over the others, in proportion
scored as (
    select
        sums.*,
        scorecards.track,
        scorecards.scale,
        scorecards.pass_score,
        case scorecards.combine
            when 'sum_of_points'
                then case when sums.counted_points > 0 then {{ portion('sums.points', 'sums.max_points', 'sums.counted_points') }} end
            when 'weighted_average'
                then case when sums.counted_weight > 0 then {{ portion('sums.weighted_points', '1', 'sums.counted_weight') }} end
        end as score,
        -- a point more of a component is worth its share over the whole: that of its weight, or of all points
        case scorecards.combine when 'sum_of_points' then sums.max_points end as gain_share,
        case scorecards.combine when 'sum_of_points' then sums.counted_points else sums.counted_weight end
            as gain_whole,
        sums.components_at_zero = 0 or not scorecards.needs_every_component as is_every_component_met
    from sums
    inner join version_months
        on
            sums.program_version_id = version_months.program_version_id
            and sums.month_start = version_months.month_start
    inner join scorecards
        on
            sums.scorecard_id = scorecards.scorecard_id
            and {{ rule_in_force('scorecards', 'version_months', 'version_months.month_start') }}
),

judged as (
    select
        *,
        coalesce(score >= pass_score and is_every_component_met, false) as passes
    from scored
)

select
    program_id,
    program_version_id,
    scorecard_id,
    path_id,
    partner_id,
    track,
    case when score is null then 'nothing_scored' end as score_null_reason,
    score,
    scale,
    pass_score,
    gain_share,
    gain_whole,
    components_at_zero,
    is_every_component_met,
    passes,
    is_verified,
    row_number() over (
        partition by program_version_id, scorecard_id, partner_id, month_start
        order by score desc nulls last, passes desc, path_id asc
    ) = 1 as is_chosen,
    month_start
from judged
