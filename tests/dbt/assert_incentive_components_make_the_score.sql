-- Guards the score: it is what the components of the path that counts add up to, but for the rounding of each. One
-- scorecard of a track is shown; every month of a track has a tier or says that there is none.
{{ config(meta={'dagster': {'ref': {'name': 'partner_scorecard_monthly'}}}) }}
with

components as (
    select
        program_id,
        scorecard_id,
        path_id,
        partner_id,
        month_start,
        sum(points_of_score) as points_of_score,
        count(*) as components
    from {{ ref('partner_scorecard_components_monthly') }}
    where is_in_score
    group by program_id, scorecard_id, path_id, partner_id, month_start
),

scorecards as (
    select * from {{ ref('partner_scorecard_monthly') }}
)

select
    scorecards.program_id,
    scorecards.track,
    scorecards.partner_id,
    scorecards.month_start,
    scorecards.score,
    components.points_of_score
from scorecards
left join components
    on
        scorecards.program_id = components.program_id
        and scorecards.scorecard_id = components.scorecard_id
        and scorecards.path_id = components.path_id
        and scorecards.partner_id = components.partner_id
        and scorecards.month_start = components.month_start
where
    scorecards.score is not null
    and (
        components.points_of_score is null
        or abs(scorecards.score - components.points_of_score) > 0.000001 * components.components
    )
    or (scorecards.tier_id is null) <> (scorecards.tier_reason = 'none')
    or (scorecards.cheapest_way is null) <> (scorecards.cheapest_way_null_reason is not null)
    or (scorecards.score is null) <> (scorecards.score_null_reason is not null)
