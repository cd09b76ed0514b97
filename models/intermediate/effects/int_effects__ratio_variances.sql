-- How sure a difference of ratios is, such as of MRR kept: its linearised variance. Every unit counts by how far its
-- outcome is from what its stratum and its exposure would have it, as if it had not been among those that say so
-- (divided by one minus its leverage): without that, a few large customers would make the interval too short.
with

ratio_outcomes as (
    select * from {{ ref('effect_outcomes') }}
    where is_ratio
),

observations as (
    select
        observations.exposure_id,
        observations.outcome_id,
        observations.stratum,
        case when observations.is_exposed then 1 else 0 end as exposed,
        cast(observations.outcome_numerator as double) as y,
        cast(observations.outcome_denominator as double) as x,
        observations.month_start
    from {{ ref('int_effects__observations') }} as observations
    inner join ratio_outcomes on observations.outcome_id = ratio_outcomes.outcome_id
),

strata as (
    select * from {{ ref('int_effects__strata') }}
    where exposed_denominator > 0 and unexposed_denominator > 0
),

comparisons as (
    select * from {{ ref('int_effects__mantel_haenszel') }}
),

fitted as (
    select
        strata.exposure_id,
        strata.outcome_id,
        strata.stratum,
        cast(comparisons.weight as double) as weight,
        cast(comparisons.difference as double) as difference,
        cast(strata.exposed_denominator + strata.unexposed_denominator as double) as stratum_x,
        cast(strata.exposed_denominator as double)
        / cast(strata.exposed_denominator + strata.unexposed_denominator as double) as exposed_share,
        (
            cast(strata.exposed_numerator + strata.unexposed_numerator as double)
            - cast(comparisons.difference as double) * cast(strata.exposed_denominator as double)
        ) / cast(strata.exposed_denominator + strata.unexposed_denominator as double) as unexposed_ratio,
        strata.month_start
    from strata
    inner join comparisons
        on
            strata.exposure_id = comparisons.exposure_id
            and strata.outcome_id = comparisons.outcome_id
            and strata.month_start = comparisons.month_start
),

residuals as (
    select
        observations.exposure_id,
        observations.outcome_id,
        fitted.weight,
        observations.exposed - fitted.exposed_share as contrast,
        observations.y - observations.x * (fitted.unexposed_ratio + fitted.difference * observations.exposed) as residual,
        observations.x / fitted.stratum_x
        + observations.x * (observations.exposed - fitted.exposed_share)
        * (observations.exposed - fitted.exposed_share) / fitted.weight as leverage,
        observations.month_start
    from observations
    inner join fitted
        on
            observations.exposure_id = fitted.exposure_id
            and observations.outcome_id = fitted.outcome_id
            and observations.stratum = fitted.stratum
            and observations.month_start = fitted.month_start
)

select
    exposure_id,
    outcome_id,
    {{ statistic_on_the_way(
        'sum(contrast * contrast * residual * residual / nullif((1 - leverage) * (1 - leverage), 0))'
        ~ ' / (min(weight) * min(weight))'
    ) }} as difference_variance,
    month_start
from residuals
group by exposure_id, outcome_id, month_start
