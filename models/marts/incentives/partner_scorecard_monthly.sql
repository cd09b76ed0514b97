{{ config(schema='certified') }}
-- Where each partner stands in each track of a program, month by month: score, tier and its history, the next tier,
-- and the cheapest way there.
with

goals as (
    select * from {{ ref('int_incentives__track_goals') }}
),

tiers as (
    select * from {{ ref('int_incentives__tiers') }}
),

ways as (
    select * from {{ ref('int_incentives__ways_up') }}
),

entitlements as (
    select * from {{ ref('int_incentives__entitlements') }}
),

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

partners as (
    select * from {{ ref('partners') }}
)

select
    goals.program_id,
    goals.program_version_id,
    goals.track,
    goals.partner_id,
    goals.scorecard_id,
    goals.path_id,
    tiers.tier_id,
    tiers.previous_tier_id,
    tiers.qualified_tier_id,
    goals.next_tier_id,
    tiers.exception_id,
    version_months.program_name,
    partners.partner_name,
    tiers.tier_name,
    tiers.reason as tier_reason,
    goals.next_tier_name,
    case
        when goals.scorecard_id is null then 'no_scorecard'
        else goals.score_null_reason
    end as score_null_reason,
    goals.gate_missing as conditions_to_next_tier,
    ways.cheapest_way,
    ways.cheapest_way_null_reason,
    entitlements.benefits,
    case
        when goals.is_verified and tiers.is_verified and version_months.verification = 'verified' then 'verified'
        else 'illustrative'
    end as verification,
    cast(goals.score as decimal(18, 6)) as score,
    cast(goals.scale as decimal(18, 6)) as scale,
    cast(goals.pass_score as decimal(18, 6)) as pass_score,
    cast(goals.next_tier_score as decimal(18, 6)) as next_tier_score,
    cast(goals.points_missing as decimal(18, 6)) as points_to_next_tier,
    cast(goals.components_at_zero as bigint) as components_at_zero,
    cast(tiers.tier_rank as bigint) as tier_rank,
    goals.passes as is_passed,
    tiers.held_since,
    goals.month_start
from goals
inner join tiers
    on
        goals.program_version_id = tiers.program_version_id
        and goals.track = tiers.track
        and goals.partner_id = tiers.partner_id
        and goals.month_start = tiers.month_start
inner join ways
    on
        goals.program_version_id = ways.program_version_id
        and goals.track = ways.track
        and goals.partner_id = ways.partner_id
        and goals.month_start = ways.month_start
inner join version_months
    on
        goals.program_version_id = version_months.program_version_id
        and goals.month_start = version_months.month_start
left join entitlements
    on
        goals.program_version_id = entitlements.program_version_id
        and goals.track = entitlements.track
        and goals.partner_id = entitlements.partner_id
        and goals.month_start = entitlements.month_start
left join partners
    on goals.partner_id = partners.partner_id
