-- One row a tier, partner and month: whether the tier is held, and why. It is held as long as the end given by any
-- earlier month that qualified lies ahead, so no month depends on what was held the month before.
with

qualifications as (
    select * from {{ ref('int_incentives__tier_qualifications') }}
),

exceptions as (
    select * from {{ ref('int_incentives__exceptions') }}
    where tier_id is not null
),

-- what the months up to this one have given; a promotion at the audit counts from the month after it
given as (
    select
        *,
        {{ given_by_earlier_months('now', 'current row') }},
        {{ given_by_earlier_months('before', '1 preceding') }}
    from qualifications
),

counted as (
    select
        *,
        case promotion when 'at_audit' then ends_before else ends_now end as ends,
        case promotion when 'at_audit' then grace_ends_before else grace_ends_now end as grace_ends,
        case promotion when 'at_audit' then first_reached_before else first_reached_now end as first_reached,
        case promotion when 'at_audit' then last_reached_before else last_reached_now end as last_reached
    from given
),

protected as (
    select
        *,
        case
            when protected_if_reached_before is null then last_reached + protection_months
            -- reached by the end of a month before that date: kept for so many months from then on
            when first_reached + 1 <= {{ month_number(month_of('protected_if_reached_before')) }}
                then {{ month_number(month_of('protected_if_reached_before')) }} + protection_months
        end as protection_ends
    from counted
),

held as (
    select
        protected.*,
        exceptions.exception_id,
        case
            when protected.is_awarded and protected.promotion <> 'at_audit' then 'qualified'
            when protected.ends > protected.month_number
                then case
                    when protected.qualification = 'on_audit_date' then 'until_audit'
                    when protected.qualification = 'any_day_in_window' then 'in_window'
                    else 'valid'
                end
            when protected.protection_ends > protected.month_number then 'protected'
            when protected.grace_ends > protected.month_number then 'grace'
            when exceptions.exception_id is not null then 'exception'
        end as reason,
        coalesce(exceptions.is_verified, true) as is_exception_verified
    from protected
    left join exceptions
        on
            protected.program_version_id = exceptions.program_version_id
            and protected.tier_id = exceptions.tier_id
            and protected.partner_id = exceptions.partner_id
            and protected.month_start = exceptions.month_start
)

select
    program_id,
    program_version_id,
    track,
    tier_id,
    partner_id,
    exception_id,
    tier_name,
    scorecard_id,
    reason,
    promotion,
    gate_missing,
    score,
    needed_score,
    tier_rank,
    is_gate_met,
    is_score_reached,
    is_every_component_met,
    is_qualified,
    reason is not null as is_held,
    is_verified and (coalesce(reason, '') <> 'exception' or is_exception_verified) as is_verified,
    month_start
from held
