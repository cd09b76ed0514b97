-- What is estimated for each exposure, outcome and month, or why it is not: the crude difference beside the one
-- between comparable units, with its interval.
with

studies as (
    select * from {{ ref('effect_studies') }}
),

outcomes as (
    select * from {{ ref('effect_outcomes') }}
),

totals as (
    select
        exposure_id,
        outcome_id,
        count(*) as strata,
        sum(exposed_units) as exposed_units,
        sum(unexposed_units) as unexposed_units,
        cast(sum(exposed_numerator) as double) as y1,
        cast(sum(unexposed_numerator) as double) as y0,
        cast(nullif(sum(exposed_denominator), 0) as double) as x1,
        cast(nullif(sum(unexposed_denominator), 0) as double) as x0,
        month_start
    from {{ ref('int_effects__strata') }}
    group by exposure_id, outcome_id, month_start
),

comparisons as (
    select * from {{ ref('int_effects__mantel_haenszel') }}
),

ratio_variances as (
    select * from {{ ref('int_effects__ratio_variances') }}
),

judged as (
    select
        totals.*,
        outcomes.is_ratio,
        coalesce(comparisons.compared_strata, 0) as compared_strata,
        coalesce(comparisons.compared_exposed_units, 0) as compared_exposed_units,
        coalesce(comparisons.compared_unexposed_units, 0) as compared_unexposed_units,
        comparisons.difference,
        case
            when outcomes.is_ratio then ratio_variances.difference_variance else comparisons.difference_variance
        end as difference_variance,
        comparisons.log_odds_ratio,
        comparisons.log_odds_ratio_variance,
        case
            when coalesce(comparisons.compared_exposed_units, 0) < studies.minimum_exposed then 'too_few_exposed'
            when comparisons.compared_unexposed_units < studies.minimum_unexposed then 'too_few_unexposed'
            when
                not outcomes.is_ratio
                and (
                    comparisons.compared_events < studies.minimum_events
                    or comparisons.compared_exposed_units + comparisons.compared_unexposed_units
                    - comparisons.compared_events < studies.minimum_events
                )
                then 'too_few_events'
        end as null_reason
    from totals
    inner join studies on totals.exposure_id = studies.exposure_id
    inner join outcomes on totals.outcome_id = outcomes.outcome_id
    left join comparisons
        on
            totals.exposure_id = comparisons.exposure_id
            and totals.outcome_id = comparisons.outcome_id
            and totals.month_start = comparisons.month_start
    left join ratio_variances
        on
            totals.exposure_id = ratio_variances.exposure_id
            and totals.outcome_id = ratio_variances.outcome_id
            and totals.month_start = ratio_variances.month_start
),

explained as (
    select
        *,
        case
            when is_ratio then 'not_yes_or_no'
            when null_reason is not null then null_reason
            when log_odds_ratio is null then 'all_or_none'
        end as odds_ratio_null_reason
    from judged
)

select
    exposure_id,
    outcome_id,
    null_reason,
    odds_ratio_null_reason,
    cast(exposed_units as bigint) as exposed_units,
    cast(unexposed_units as bigint) as unexposed_units,
    cast(compared_exposed_units as bigint) as compared_exposed_units,
    cast(compared_unexposed_units as bigint) as compared_unexposed_units,
    cast(strata as bigint) as strata,
    cast(compared_strata as bigint) as compared_strata,
    {{ statistic('y1 / x1') }} as exposed_rate,
    {{ statistic('y0 / x0') }} as unexposed_rate,
    {{ statistic('y1 / x1 - y0 / x0') }} as crude_difference,
    case when null_reason is null then {{ statistic('difference') }} end as difference,
    case when null_reason is null then {{ statistic('sqrt(difference_variance)') }} end as standard_error,
    {%- for side in ['low', 'high'] %}
        case
            when null_reason is null then {{ statistic(bound_95('difference', 'difference_variance', side)) }}
        end as difference_{{ side }},
    {%- endfor %}
    case
        when odds_ratio_null_reason is null
            then {{ statistic('y1 * (x0 - y0) / nullif(y0 * (x1 - y1), 0)') }}
    end as crude_odds_ratio,
    case when odds_ratio_null_reason is null then {{ statistic('exp(log_odds_ratio)') }} end as odds_ratio,
    {%- for side in ['low', 'high'] %}
        case
            when odds_ratio_null_reason is null
                then {{ statistic('exp(' ~ bound_95('log_odds_ratio', 'log_odds_ratio_variance', side) ~ ')') }}
        end as odds_ratio_{{ side }},
    {%- endfor %}
    month_start
from explained
