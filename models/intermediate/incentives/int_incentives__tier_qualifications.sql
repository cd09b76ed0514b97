-- One row a tier, partner and month: whether the month qualifies for it, and until when it is then held.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

participants as (
    select * from {{ ref('int_incentives__participants') }}
),

tiers as (
    select * from {{ ref('tiers') }}
),

gates as (
    select * from {{ ref('int_incentives__tier_gates') }}
),

scores as (
    select * from {{ ref('int_incentives__scores') }}
),

in_force as (
    select
        version_months.program_id,
        version_months.month_start,
        coalesce(tiers.track, 'program') as tier_track,
        tiers.*,
        case when tiers.qualification = 'on_audit_date' or tiers.promotion = 'at_audit' then tiers.audit_month end
            as month_of_audit
    from version_months
    inner join tiers
        on {{ rule_in_force('tiers', 'version_months', 'version_months.month_start') }}
),

judged as (
    select
        in_force.*,
        participants.partner_id,
        {{ month_number('in_force.month_start') }} as month_number,
        coalesce(in_force.min_score, scores.pass_score) as needed_score,
        scores.score,
        gates.missing as gate_missing,
        in_force.gate_group_id is null or coalesce(gates.is_met, false) as is_gate_met,
        in_force.scorecard_id is null or coalesce(scores.score >= coalesce(in_force.min_score, scores.pass_score), false)
            as is_score_reached,
        in_force.scorecard_id is null or coalesce(scores.is_every_component_met, false) as is_every_component_met,
        in_force.verification = 'verified'
        and coalesce(scores.is_verified, true)
        and coalesce(gates.is_verified, true) as is_verified,
        coalesce(extract(month from in_force.month_start) = in_force.month_of_audit, false) as is_audit,
        -- months to the next audit; 12 in the month of an audit itself
        (in_force.month_of_audit - extract(month from in_force.month_start) + 11) % 12 + 1 as months_to_audit
    from in_force
    inner join participants
        on
            in_force.program_version_id = participants.program_version_id
            and in_force.month_start = participants.month_start
    left join gates
        on
            in_force.program_version_id = gates.program_version_id
            and in_force.gate_group_id = gates.gate_group_id
            and participants.partner_id = gates.partner_id
            and in_force.month_start = gates.month_start
    left join scores
        on
            in_force.program_version_id = scores.program_version_id
            and in_force.scorecard_id = scores.scorecard_id
            and participants.partner_id = scores.partner_id
            and in_force.month_start = scores.month_start
),

-- continuous: every month of the window has to reach it
unbroken as (
    select
        *,
        is_gate_met and is_score_reached and is_every_component_met as is_reached,
        month_number - coalesce(
            max(case when not (is_gate_met and is_score_reached and is_every_component_met) then month_number end) over (
                partition by program_id, tier_track, tier_id, partner_id
                order by month_start
                rows between unbounded preceding and current row
            ),
            min(month_number) over (partition by program_id, tier_track, tier_id, partner_id) - 1
        ) as months_reached
    from judged
),

qualified as (
    select
        *,
        is_reached and (qualification <> 'continuous' or months_reached >= coalesce(window_months, 1)) as is_qualified
    from unbroken
)

select
    program_id,
    program_version_id,
    tier_track as track,
    tier_id,
    partner_id,
    tier_name,
    gate_group_id,
    scorecard_id,
    qualification,
    promotion,
    gate_missing,
    score,
    needed_score,
    rank as tier_rank,
    month_number,
    grace_months,
    protection_months,
    is_gate_met,
    is_score_reached,
    is_every_component_met,
    is_qualified,
    -- at_audit: only the month of the audit promotes, and the month after it is the first
    is_qualified and (promotion <> 'at_audit' or month_of_audit is null or is_audit) as is_awarded,
    is_verified,
    -- number of the month in which the tier ends, were this the last month that qualifies
    month_number + greatest(
        case
            when month_of_audit is not null and is_audit then 1 + coalesce(validity_months, 12)
            when month_of_audit is not null then 1 + months_to_audit
            when qualification = 'any_day_in_window' then coalesce(window_months, 1)
            else 1
        end,
        case when month_of_audit is null then coalesce(validity_months, 1) else 1 end
    ) as ends_in,
    protected_if_reached_before,
    month_start
from qualified
