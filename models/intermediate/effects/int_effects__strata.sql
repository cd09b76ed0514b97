-- The units of a study by stratum, exposed or not: how many, and the sums of their outcomes. These sums are exact.
with

observations as (
    select * from {{ ref('int_effects__observations') }}
)

select
    exposure_id,
    outcome_id,
    stratum,
    sum(case when is_exposed then 1 else 0 end) as exposed_units,
    sum(case when is_exposed then 0 else 1 end) as unexposed_units,
    {{ money('sum(case when is_exposed then outcome_numerator else 0 end)') }} as exposed_numerator,
    {{ money('sum(case when is_exposed then 0 else outcome_numerator end)') }} as unexposed_numerator,
    {{ money('sum(case when is_exposed then outcome_denominator else 0 end)') }} as exposed_denominator,
    {{ money('sum(case when is_exposed then 0 else outcome_denominator end)') }} as unexposed_denominator,
    month_start
from observations
group by exposure_id, outcome_id, stratum, month_start
