-- One row a condition, partner and month: whether it is met, and why or why not. Conditions on metrics and scores as
-- assessed, and conditions on a tier: it is held, or a higher one of its track.
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

tiers as (
    select * from {{ ref('tiers') }}
),

held_tiers as (
    select * from {{ ref('int_incentives__tiers') }}
),

exceptions as (
    select * from {{ ref('int_incentives__exceptions') }}
    where gate_condition_id is not null
),

assessed as (
    select * from {{ ref('int_incentives__gate_assessments') }}
),

asked as (
    select
        version_months.program_id,
        version_months.month_start,
        tiers.track,
        tiers.tier_name,
        tiers.rank as asked_rank,
        conditions.*,
        conditions.verification = 'verified' and coalesce(tiers.verification, '') = 'verified' as is_verified
    from version_months
    inner join conditions
        on {{ rule_in_force('conditions', 'version_months', 'version_months.month_start') }}
    left join tiers
        on
            conditions.tier_id = tiers.tier_id
            and {{ rule_in_force('tiers', 'version_months', 'version_months.month_start') }}
    where conditions.tier_id is not null
),

held as (
    select
        asked.*,
        participants.partner_id,
        exceptions.exception_id,
        coalesce(held_tiers.tier_rank >= asked.asked_rank, false) as is_held,
        participants.months_as_partner < coalesce(asked.new_partner_exempt_months, 0) as is_exempt,
        coalesce(held_tiers.is_verified, true) as is_tier_verified
    from asked
    inner join participants
        on
            asked.program_version_id = participants.program_version_id
            and asked.month_start = participants.month_start
    left join held_tiers
        on
            asked.program_version_id = held_tiers.program_version_id
            and coalesce(asked.track, 'program') = held_tiers.track
            and participants.partner_id = held_tiers.partner_id
            and asked.month_start = held_tiers.month_start
    left join exceptions
        on
            asked.program_version_id = exceptions.program_version_id
            and asked.gate_condition_id = exceptions.gate_condition_id
            and participants.partner_id = exceptions.partner_id
            and asked.month_start = exceptions.month_start
)

select
    program_id,
    program_version_id,
    gate_condition_id,
    gate_group_id,
    binding_id,
    scorecard_id,
    cast(null as varchar) as tier_id,
    partner_id,
    exception_id,
    operator,
    reason,
    missing,
    value,
    threshold,
    is_met,
    is_verified,
    notice_on,
    month_start
from assessed
union all
select
    program_id,
    program_version_id,
    gate_condition_id,
    gate_group_id,
    cast(null as varchar) as binding_id,
    cast(null as varchar) as scorecard_id,
    tier_id,
    partner_id,
    exception_id,
    '>=' as operator,
    case
        when exception_id is not null then 'exception'
        when is_exempt then 'exempt_new_partner'
        when is_held then 'met'
        else 'not_met'
    end as reason,
    case when not (exception_id is not null or is_exempt or is_held) then 'tier ' || coalesce(tier_name, tier_id) end as missing,
    cast(null as {{ type_money() }}) as value,
    cast(null as {{ type_money() }}) as threshold,
    exception_id is not null or is_exempt or is_held as is_met,
    is_verified and is_tier_verified as is_verified,
    cast(null as date) as notice_on,
    month_start
from held
