-- Guards the cells of the cohort heat map: a cohort keeps at the end of its landing month exactly the MRR that it
-- landed with, keeps no more customers than landed, and has every month up to the last.
{{ config(meta={'dagster': {'ref': {'name': 'int_retention__landing_cohorts'}}}) }}
with

cohorts as (
    select * from {{ ref('int_retention__landing_cohorts') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

spans as (
    select
        level,
        level_value,
        landing_month,
        count(*) as months_found,
        max(month_start) as last_month
    from cohorts
    group by level, level_value, landing_month
)

select
    level,
    level_value,
    landing_month,
    months_since_landing as months
from cohorts
where
    (months_since_landing = 0 and retained_mrr <> landing_mrr)
    or retained_customers > landed_customers
    or (landed_customers = 0 and (landing_mrr <> 0 or retained_mrr <> 0))
    or logo_retention > 1
    or (null_reason is null) <> (mrr_retention is not null)
union all
select
    spans.level,
    spans.level_value,
    spans.landing_month,
    spans.months_found as months
from spans
cross join as_of
where
    spans.last_month <> as_of.last_complete_month
    or spans.months_found <> {{ dbt.datediff('spans.landing_month', 'as_of.last_complete_month', 'month') }} + 1
