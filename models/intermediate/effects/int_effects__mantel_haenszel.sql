-- Exposed units against others of the same stratum, over all strata that have both: the Mantel-Haenszel difference
-- and odds ratio. Variances are those of Sato and of Robins, Breslow and Greenland; they hold for yes or no, both
-- with few large strata and with many small ones. A difference of ratios has its own, in int_effects__ratio_variances.
with

strata as (
    select
        exposure_id,
        outcome_id,
        exposed_units,
        unexposed_units,
        cast(exposed_numerator as double) as y1,
        cast(unexposed_numerator as double) as y0,
        cast(exposed_denominator as double) as x1,
        cast(unexposed_denominator as double) as x0,
        cast(exposed_denominator + unexposed_denominator as double) as x,
        month_start
    from {{ ref('int_effects__strata') }}
    where exposed_denominator > 0 and unexposed_denominator > 0
),

terms as (
    select
        *,
        x1 * x0 / x as weight,
        (y1 * x0 - y0 * x1) / x as weighted_difference,
        (y0 * x1 * x1 - y1 * x0 * x0 + x1 * x0 * (x0 - x1) / 2) / (x * x) as sato_p,
        (y1 * (x0 - y0) + y0 * (x1 - y1)) / (2 * x) as sato_q,
        y1 * (x0 - y0) / x as for_exposure,
        y0 * (x1 - y1) / x as against_exposure,
        (y1 + x0 - y0) / x as agreeing,
        (y0 + x1 - y1) / x as disagreeing
    from strata
),

sums as (
    select
        exposure_id,
        outcome_id,
        count(*) as compared_strata,
        sum(exposed_units) as compared_exposed_units,
        sum(unexposed_units) as compared_unexposed_units,
        sum(y1 + y0) as compared_events,
        sum(weight) as weight,
        sum(weighted_difference) as weighted_difference,
        sum(sato_p) as sato_p,
        sum(sato_q) as sato_q,
        sum(for_exposure) as r,
        sum(against_exposure) as s,
        sum(agreeing * for_exposure) as pr,
        sum(agreeing * against_exposure + disagreeing * for_exposure) as psqr,
        sum(disagreeing * against_exposure) as qs,
        month_start
    from terms
    group by exposure_id, outcome_id, month_start
)

select
    exposure_id,
    outcome_id,
    compared_strata,
    compared_exposed_units,
    compared_unexposed_units,
    compared_events,
    {{ statistic_on_the_way('weight') }} as weight,
    {{ statistic_on_the_way('weighted_difference / weight') }} as difference,
    {{ statistic_on_the_way('greatest(weighted_difference / weight * sato_p + sato_q, 0) / (weight * weight)') }} as difference_variance,
    case when r > 0 and s > 0 then {{ statistic_on_the_way('ln(r / s)') }} end as log_odds_ratio,
    case
        when r > 0 and s > 0
            then {{ statistic_on_the_way('pr / (2 * r * r) + psqr / (2 * r * s) + qs / (2 * s * s)') }}
    end as log_odds_ratio_variance,
    month_start
from sums
