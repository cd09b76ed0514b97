{{ config(schema='certified') }}
-- End customers that have or had MRR, as they are now, to slice figures by. The cohort of a customer is the
-- month in which it first had MRR, whatever it did since.
with

customers as (
    select * from {{ ref('input_customers') }}
),

closings as (
    select
        customer_id,
        min(landing_month) as landing_month
    from {{ ref('customer_mrr_monthly') }}
    group by customer_id
),

-- a customer that came and went within one month has movements and no closing
landings as (
    select
        customer_id,
        min(coalesce(corrected_month, month_start)) as landing_month
    from {{ ref('customer_mrr_movements') }}
    where amount > 0
    group by customer_id
),

counted as (
    select
        coalesce(landings.customer_id, closings.customer_id) as customer_id,
        coalesce(closings.landing_month, landings.landing_month) as landing_month
    from landings
    full outer join closings on landings.customer_id = closings.customer_id
)

select
    counted.customer_id,
    coalesce(customers.customer_name, counted.customer_id) as customer_name,
    coalesce(customers.segment, 'unknown') as segment,
    coalesce(customers.region, 'unknown') as customer_region,
    customers.country_code,
    coalesce(customers.industry, 'unknown') as industry,
    counted.landing_month
from counted
left join customers on counted.customer_id = customers.customer_id
