-- One row a rate band in force for a lever and period. Bands that are for a condition or a scope are a variant of their
-- own; the narrower variant comes first.
with

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

bands as (
    select * from {{ ref('rate_bands') }}
),

in_force as (
    select
        period_levers.program_version_id,
        period_levers.lever_id,
        bands.condition_key,
        bands.scope_id,
        bands.tier_id,
        bands.verification,
        bands.band_order,
        bands.lower_bound,
        bands.upper_bound,
        bands.rate,
        bands.amount,
        bands.measure_cap,
        period_levers.period_start
    from period_levers
    inner join bands
        on
            period_levers.lever_id = bands.lever_id
            and {{ rule_in_force('bands', 'period_levers', 'period_levers.period_start') }}
),

ordered_variants as (
    select
        program_version_id,
        lever_id,
        condition_key,
        scope_id,
        period_start,
        row_number() over (
            partition by program_version_id, lever_id, period_start
            order by
                case when condition_key is null then 1 else 0 end,
                case when scope_id is null then 1 else 0 end,
                min(band_order)
        ) as variant_order
    from in_force
    group by program_version_id, lever_id, condition_key, scope_id, period_start
)

select
    in_force.program_version_id,
    in_force.lever_id,
    in_force.condition_key,
    in_force.scope_id,
    in_force.tier_id,
    in_force.verification,
    ordered_variants.variant_order,
    in_force.band_order,
    in_force.lower_bound,
    in_force.upper_bound,
    in_force.rate,
    -- where a linear band starts from: what the band before reached
    coalesce(lag(in_force.rate) over (
        partition by
            in_force.program_version_id, in_force.lever_id, in_force.period_start, ordered_variants.variant_order,
            in_force.tier_id
        order by in_force.lower_bound
    ), 0) as rate_before,
    in_force.amount,
    in_force.measure_cap,
    in_force.period_start
from in_force
inner join ordered_variants
    on
        in_force.program_version_id = ordered_variants.program_version_id
        and in_force.lever_id = ordered_variants.lever_id
        and in_force.period_start = ordered_variants.period_start
        and coalesce(in_force.condition_key, '') = coalesce(ordered_variants.condition_key, '')
        and coalesce(in_force.scope_id, '') = coalesce(ordered_variants.scope_id, '')
