-- Guards that one name is one number: the cohorts of land and expand are the landing cohorts of the last complete
-- month, to the last digit. Compared before closed months are put in their place, which stay as they were.
{{ config(meta={'dagster': {'ref': {'name': 'land_and_expand_cohorts'}}}) }}
with

land_and_expand as (
    select * from {{ ref('land_and_expand_cohorts') }}
),

landing_cohorts as (
    select * from {{ ref('int_retention__landing_cohorts') }}
),

last_cohorts as (
    select landing_cohorts.*
    from landing_cohorts
    inner join {{ ref('int_as_of') }} as as_of on landing_cohorts.month_start = as_of.last_complete_month
    where landing_cohorts.landed_customers > 0
)

select
    coalesce(land_and_expand.level, last_cohorts.level) as level,
    coalesce(land_and_expand.level_value, last_cohorts.level_value) as level_value,
    coalesce(land_and_expand.landing_month, last_cohorts.landing_month) as landing_month,
    land_and_expand.landed_customers,
    last_cohorts.landed_customers as expected_landed_customers,
    land_and_expand.landing_mrr,
    last_cohorts.landing_mrr as expected_landing_mrr
from land_and_expand
full outer join last_cohorts
    on
        land_and_expand.level = last_cohorts.level
        and land_and_expand.level_value = last_cohorts.level_value
        and land_and_expand.landing_month = last_cohorts.landing_month
where
    land_and_expand.level is null
    or last_cohorts.level is null
    or land_and_expand.landed_customers <> last_cohorts.landed_customers
    or land_and_expand.landing_mrr <> last_cohorts.landing_mrr
    or land_and_expand.current_customers <> last_cohorts.retained_customers
    or land_and_expand.current_mrr <> last_cohorts.retained_mrr
