-- What a lever pays a partner for a period, by variant of bands: the measure that each band takes, its rate or amount, and
-- what that gives; exceptions and accelerators; and the partner's payout after them, in whole cents.
with

rated as (
    select * from {{ ref('int_incentives__rated') }}
),

bands as (
    select * from {{ ref('int_incentives__matching_bands') }}
),

accelerated as (
    select * from {{ ref('int_incentives__accelerated') }}
),

period_bands as (
    select * from {{ ref('int_incentives__period_bands') }}
),

accelerations as (
    select * from {{ ref('int_incentives__accelerations') }}
),

-- each band takes its own part of the measure, where it is reckoned so; else the one that is reached takes all of it
taken as (
    select
        rated.program_version_id,
        rated.lever_id,
        rated.partner_id,
        rated.rate_basis,
        rated.exception_id,
        rated.variant_order,
        bands.band_order,
        bands.lower_bound,
        bands.upper_bound,
        bands.rate,
        bands.amount as band_amount,
        case
            when rated.rate_basis = 'fixed_amount' then null
            when rated.rate_basis <> 'stepped' or bands.takes_negative then rated.paid_measure
            else {{ part_in_band('bands') }}
        end as measure,
        rated.qualifying_value,
        rated.rate as paid_rate,
        rated.amount as rated_amount,
        rated.period_start
    from rated
    inner join bands
        on
            rated.program_version_id = bands.program_version_id
            and rated.lever_id = bands.lever_id
            and rated.partner_id = bands.partner_id
            and rated.variant_order = bands.variant_order
            and rated.period_start = bands.period_start
            and (
                rated.band_order = bands.band_order
                or (rated.rate_basis = 'stepped' and rated.qualifying_value > bands.lower_bound)
            )
    where rated.rate_reason = 'rated'
)

select
    taken.program_version_id,
    taken.lever_id,
    taken.partner_id,
    'band' as step,
    60 as step_place,
    'rate_bands' as rule_table,
    {{ rule_key(['taken.lever_id', 'taken.band_order']) }} as rule_id,
    {{ band_text('taken', 'period_bands') }} as explanation,
    taken.measure,
    case
        when taken.rate_basis = 'fixed_amount' then taken.band_amount
        when taken.rate_basis = 'per_unit' then coalesce(taken.band_amount, taken.rate)
        when taken.rate_basis = 'stepped' then taken.rate
        else coalesce(taken.paid_rate, taken.band_amount)
    end as rule_value,
    cast(case
        when taken.exception_id is not null then null
        when taken.rate_basis = 'stepped' then {{ times('taken.measure', 'taken.rate', type_money()) }}
        else taken.rated_amount
    end as {{ type_money() }}) as amount,
    taken.period_start
from taken
inner join period_bands
    on
        taken.program_version_id = period_bands.program_version_id
        and taken.lever_id = period_bands.lever_id
        and taken.variant_order = period_bands.variant_order
        and taken.band_order = period_bands.band_order
        and taken.period_start = period_bands.period_start
union all
select
    program_version_id,
    lever_id,
    partner_id,
    'payout' as step,
    90 as step_place,
    'levers' as rule_table,
    lever_id as rule_id,
    'What the lever pays the partner for the period, in whole cents' as explanation,
    rated_amount as measure,
    cast(null as {{ type_money() }}) as rule_value,
    cast({{ cents('amount') }} as {{ type_money() }}) as amount,
    period_start
from accelerated
where rate_reason = 'rated'
union all
select
    program_version_id,
    lever_id,
    partner_id,
    'exception' as step,
    70 as step_place,
    'exception_grants' as rule_table,
    exception_id as rule_id,
    'An exception was granted: its value stands in for what the bands say' as explanation,
    case when rate_basis <> 'fixed_amount' then paid_measure end as measure,
    coalesce(rate, amount) as rule_value,
    amount,
    period_start
from rated
where exception_id is not null and rate_reason = 'rated'
union all
select
    program_version_id,
    lever_id,
    partner_id,
    'accelerator' as step,
    80 + step as step_place,
    'accelerators' as rule_table,
    accelerator_id as rule_id,
    case effect
        when 'add_rate' then 'Adds to the rate'
        when 'multiply' then 'Multiplies the rate'
        when 'replace_rate' then 'Replaces the rate'
        else 'Adds an amount'
    end as explanation,
    cast(metric_value as {{ type_money() }}) as measure,
    value as rule_value,
    cast(null as {{ type_money() }}) as amount,
    period_start
from accelerations
