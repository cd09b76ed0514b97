-- One row a track, partner and month: the tier that is held, the next higher one, and how far away that is.
with

held as (
    select * from {{ ref('int_incentives__tiers') }}
),

tiers as (
    select * from {{ ref('int_incentives__tier_holds') }}
),

scores as (
    select * from {{ ref('int_incentives__scores') }}
),

higher as (
    select
        tiers.*,
        row_number() over (
            partition by tiers.program_version_id, tiers.track, tiers.partner_id, tiers.month_start
            order by tiers.tier_rank, tiers.tier_id
        ) as place
    from tiers
    inner join held
        on
            tiers.program_version_id = held.program_version_id
            and tiers.track = held.track
            and tiers.partner_id = held.partner_id
            and tiers.month_start = held.month_start
            and (held.tier_rank is null or tiers.tier_rank > held.tier_rank)
),

-- at the top the score is still shown: that of the highest tier that looks at one
own_scorecards as (
    select
        program_version_id,
        track,
        partner_id,
        month_start,
        scorecard_id,
        row_number() over (
            partition by program_version_id, track, partner_id, month_start
            order by tier_rank desc, tier_id desc
        ) as place
    from tiers
    where scorecard_id is not null
)

select
    held.program_id,
    held.program_version_id,
    held.track,
    scores.scorecard_id,
    scores.path_id,
    held.partner_id,
    held.tier_id,
    higher.tier_id as next_tier_id,
    higher.tier_name as next_tier_name,
    higher.gate_missing,
    scores.score_null_reason,
    scores.score,
    scores.scale,
    scores.pass_score,
    higher.needed_score as next_tier_score,
    case when higher.scorecard_id is not null then greatest(higher.needed_score - scores.score, 0) end as points_missing,
    scores.components_at_zero,
    scores.passes,
    higher.is_qualified as is_next_qualified,
    higher.is_gate_met and higher.is_score_reached and higher.is_every_component_met as is_next_reached,
    higher.is_every_component_met,
    coalesce(scores.is_verified, true) and coalesce(higher.is_verified, true) as is_verified,
    held.month_start
from held
left join higher
    on
        held.program_version_id = higher.program_version_id
        and held.track = higher.track
        and held.partner_id = higher.partner_id
        and held.month_start = higher.month_start
        and higher.place = 1
left join own_scorecards
    on
        held.program_version_id = own_scorecards.program_version_id
        and held.track = own_scorecards.track
        and held.partner_id = own_scorecards.partner_id
        and held.month_start = own_scorecards.month_start
        and own_scorecards.place = 1
left join scores
    on
        held.program_version_id = scores.program_version_id
        and coalesce(higher.scorecard_id, own_scorecards.scorecard_id) = scores.scorecard_id
        and held.partner_id = scores.partner_id
        and held.month_start = scores.month_start
