-- Guards the landing cohorts: they hold every customer that was ever new, once, those included that came and went
-- within a month; and in each month the customers kept by all cohorts are the customers with MRR.
{{ config(meta={'dagster': {'ref': {'name': 'int_retention__landing_cohorts'}}}) }}
with

cohorts as (
    select * from {{ ref('int_retention__landing_cohorts') }}
    where level = 'vendor'
),

steps as (
    select * from {{ ref('int_mrr__change_steps') }}
    where movement = 'new'
),

months as (
    select * from {{ ref('int_months') }}
),

customer_months as (
    select * from {{ ref('int_mrr__customer_months') }}
),

first_steps as (
    select
        customer_id,
        min({{ month_of('change_date') }}) as month_start
    from steps
    group by customer_id
),

expected as (
    select
        months.month_start,
        count(first_steps.customer_id) as landed_customers
    from months
    left join first_steps on months.month_start = first_steps.month_start
    group by months.month_start
),

expected_customers as (
    select
        months.month_start,
        count(distinct customer_months.customer_id) as retained_customers
    from months
    left join customer_months on months.month_start = customer_months.month_start
    group by months.month_start
),

landed as (
    select
        month_start,
        sum(case when months_since_landing = 0 then landed_customers else 0 end) as landed_customers,
        sum(retained_customers) as retained_customers
    from cohorts
    group by month_start
)

select
    expected.month_start,
    expected.landed_customers as expected_landed_customers,
    landed.landed_customers,
    expected_customers.retained_customers as expected_customers,
    landed.retained_customers as customers
from expected
inner join expected_customers on expected.month_start = expected_customers.month_start
left join landed on expected.month_start = landed.month_start
where
    expected.landed_customers <> coalesce(landed.landed_customers, 0)
    or expected_customers.retained_customers <> coalesce(landed.retained_customers, 0)
