-- Whether a condition on a metric or a score counts as met, by partner and month. The last assessment holds until the
-- next one; before the first, each month speaks for itself. Nothing depends on an earlier result, only on values.
with

gate_values as (
    select * from {{ ref('int_incentives__gate_values') }}
),

numbered as (
    select
        *,
        {{ month_number('month_start') }} as month_number,
        case assessment
            when 'yearly' then (extract(month from month_start) + 11 - assessment_month) % 12 + 1
            when 'anniversary' then months_as_partner % 12 + 1
            else 0
        end as months_since_assessment,
        coalesce(cure_months, 0) as months_to_cure,
        months_as_partner < coalesce(new_partner_exempt_months, 0) as is_exempt
    from gate_values
),

-- the last month up to this one in which the threshold was reached
traced as (
    select
        *,
        max(case when is_reached then month_number end) over (
            partition by program_id, gate_condition_id, partner_id
            order by month_start
            rows between unbounded preceding and current row
        ) as last_reached,
        case when months_since_assessment > 0 then month_number - months_since_assessment end as assessed_in
    from numbered
),

assessed as (
    select
        traced.*,
        coalesce(
            case
                when traced.months_since_assessment = 0
                    then traced.last_reached >= traced.month_number - traced.months_to_cure
                when found.month_number is null then traced.is_reached
                else
                    found.is_reached
                    -- missed, and made good in time
                    or in_time.last_reached > found.month_number
                    -- missed for the first time, and still time to make good
                    or (coalesce(found_before.is_reached, false) and traced.months_since_assessment <= traced.months_to_cure)
            end,
            false
        ) as is_sufficient,
        coalesce(found.is_reached, traced.is_reached) as is_reached_at_assessment
    from traced
    left join traced as found
        on
            traced.program_id = found.program_id
            and traced.gate_condition_id = found.gate_condition_id
            and traced.partner_id = found.partner_id
            and traced.assessed_in = found.month_number
    left join traced as found_before
        on
            found.program_id = found_before.program_id
            and found.gate_condition_id = found_before.gate_condition_id
            and found.partner_id = found_before.partner_id
            and found.month_number - 12 = found_before.month_number
    left join traced as in_time
        on
            found.program_id = in_time.program_id
            and found.gate_condition_id = in_time.gate_condition_id
            and found.partner_id = in_time.partner_id
            and in_time.month_number
            = least(traced.month_number, found.month_number + traced.months_to_cure)
),

counted as (
    select
        *,
        is_waived
        or is_exempt
        or is_sufficient
        or is_grandfathering and last_reached is not null as counts
    from assessed
),

before as (
    select
        *,
        lag(counts) over (partition by program_id, gate_condition_id, partner_id order by month_start) as counted_before
    from counted
),

-- who lost it waits before it can be met again
lost as (
    select
        *,
        max(case when counted_before and not counts then month_number end) over (
            partition by program_id, gate_condition_id, partner_id
            order by month_start
            rows between unbounded preceding and current row
        ) as last_lost
    from before
),

judged as (
    select
        *,
        counts and (
            is_waived or is_exempt or coalesce(last_lost + coalesce(reentry_wait_months, 0) <= month_number, true)
        ) as is_met
    from lost
)

select
    program_id,
    program_version_id,
    gate_condition_id,
    gate_group_id,
    binding_id,
    scorecard_id,
    partner_id,
    exception_id,
    operator,
    case
        when counts and not is_met then 'waiting'
        when is_waived then 'exception'
        when is_exempt then 'exempt_new_partner'
        when is_reached_at_assessment then 'met'
        when is_sufficient then 'cured'
        when counts then 'grandfathered'
        when value is null then 'no_value'
        else 'not_met'
    end as reason,
    case when not is_met then {{ what_is_missing() }} end as missing,
    value,
    threshold,
    is_met,
    is_verified,
    case
        when notice_days is not null and months_since_assessment > 0 and not is_reached
            then cast({{ dbt.dateadd(
                'day', '-notice_days', last_day_of_month(add_months('month_start', '12 - months_since_assessment'))
            ) }} as date)
    end as notice_on,
    month_start
from judged
