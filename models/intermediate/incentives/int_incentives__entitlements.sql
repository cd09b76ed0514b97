-- One row a track, partner and month with a benefit that is not money: of the tier held or a lower one, and of the
-- score.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

entitlements as (
    select * from {{ ref('entitlements') }}
),

tiers as (
    select * from {{ ref('int_incentives__tier_qualifications') }}
),

held as (
    select * from {{ ref('int_incentives__tiers') }}
),

goals as (
    select * from {{ ref('int_incentives__track_goals') }}
),

in_force as (
    select
        version_months.program_id,
        version_months.month_start,
        entitlements.*
    from version_months
    inner join entitlements
        on {{ rule_in_force('entitlements', 'version_months', 'version_months.month_start') }}
),

given as (
    select
        in_force.entitlement_id,
        in_force.benefit,
        held.program_id,
        held.program_version_id,
        held.track,
        held.partner_id,
        held.month_start
    from in_force
    inner join tiers
        on
            in_force.program_version_id = tiers.program_version_id
            and in_force.tier_id = tiers.tier_id
            and in_force.month_start = tiers.month_start
    inner join held
        on
            tiers.program_version_id = held.program_version_id
            and tiers.track = held.track
            and tiers.partner_id = held.partner_id
            and tiers.month_start = held.month_start
            and tiers.tier_rank <= held.tier_rank
    union all
    select
        in_force.entitlement_id,
        in_force.benefit,
        goals.program_id,
        goals.program_version_id,
        goals.track,
        goals.partner_id,
        goals.month_start
    from in_force
    inner join goals
        on
            in_force.program_version_id = goals.program_version_id
            and in_force.scorecard_id = goals.scorecard_id
            and in_force.month_start = goals.month_start
            and in_force.min_score <= goals.score
    where in_force.tier_id is null
)

select
    program_id,
    program_version_id,
    track,
    partner_id,
    replace({{ ordered_list('benefit', 'entitlement_id') }}, '|', '; ') as benefits,
    month_start
from given
group by program_id, program_version_id, track, partner_id, month_start
