-- Guards the estimates against units that are lost or counted twice on the way: for every exposure, the exposed and
-- the others are the whole cohort of twelve-month retention, those that renewed are its retained customers, and the
-- MRR they kept is its retained MRR.
{{ config(meta={'dagster': {'ref': {'name': 'int_effects__strata'}}}) }}
with

units as (
    select
        exposure_id,
        outcome_id,
        sum(exposed_units + unexposed_units) as units,
        sum(exposed_numerator + unexposed_numerator) as numerator,
        sum(exposed_denominator + unexposed_denominator) as denominator,
        month_start
    from {{ ref('int_effects__strata') }}
    where outcome_id in ('renewed', 'expanded', 'mrr_kept')
    group by exposure_id, outcome_id, month_start
),

retention as (
    select
        cohort_customers,
        retained_customers,
        cohort_mrr,
        retained_mrr,
        month_start
    from {{ ref('int_retention__level_months') }}
    where level = 'vendor' and window_months = 12
)

select
    units.*,
    retention.cohort_customers
from units
left join retention on units.month_start = retention.month_start
where
    retention.cohort_customers is null
    or units.units <> retention.cohort_customers
    or (units.outcome_id = 'renewed' and units.numerator <> retention.retained_customers)
    or (units.outcome_id = 'mrr_kept' and units.numerator <> retention.retained_mrr)
    or units.denominator
    <> case when units.outcome_id = 'mrr_kept' then retention.cohort_mrr else retention.cohort_customers end
