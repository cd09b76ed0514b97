-- The base of each lever, partner, period and variant of bands, with the value that picks the band: a measure of its own
-- where the lever names one, else the base itself; over the target where it is reckoned so.
with

bases as (
    select * from {{ ref('int_incentives__bases') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

qualifying_values as (
    select * from {{ ref('int_incentives__qualifying_values') }}
),

summed as (
    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        variant_order,
        {{ money('sum(base_amount)') }} as base_amount,
        period_start
    from bases
    group by program_id, program_version_id, lever_id, partner_id, variant_order, period_start
),

valued as (
    select
        summed.*,
        period_levers.rate_basis,
        period_levers.target_value,
        period_levers.band_binding_id is null as is_own_measure,
        case
            when period_levers.band_binding_id is null then summed.base_amount else qualifying_values.value
        end as measured_value,
        period_levers.last_month
    from summed
    inner join period_levers
        on
            summed.program_version_id = period_levers.program_version_id
            and summed.lever_id = period_levers.lever_id
            and summed.period_start = period_levers.period_start
    left join qualifying_values
        on
            period_levers.program_version_id = qualifying_values.program_version_id
            and period_levers.lever_id = qualifying_values.lever_id
            and period_levers.band_binding_id = qualifying_values.binding_id
            and period_levers.period_start = qualifying_values.period_start
            and summed.partner_id = qualifying_values.partner_id
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    rate_basis,
    variant_order,
    base_amount,
    case
        when rate_basis = 'target_attainment' then {{ signed_portion('cast(1 as decimal(28, 6))', 'measured_value', 'target_value') }}
        else measured_value
    end as qualifying_value,
    is_own_measure,
    period_start,
    last_month
from valued
