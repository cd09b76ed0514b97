{{ config(schema='certified') }}
-- What became of the customers of each band: a row a month of the score, band and horizon that is over. Only what was known
-- at the month's end went into the score, so that this is what the score would have been worth then.
with

outcomes as (
    select * from {{ ref('int_health__outcomes') }}
),

by_band as (
    select
        health_band,
        horizon_months,
        month_start,
        count(*) as customers,
        sum(case when is_lost then 1 else 0 end) as churned_customers
    from outcomes
    group by health_band, horizon_months, month_start
),

compared as (
    select
        *,
        sum(customers) over (partition by month_start, horizon_months) as all_customers,
        sum(churned_customers) over (partition by month_start, horizon_months) as all_churned_customers
    from by_band
)

select
    health_band,
    case when all_churned_customers = 0 then 'nobody_left' end as lift_null_reason,
    cast(horizon_months as bigint) as horizon_months,
    cast(customers as bigint) as customers,
    cast(churned_customers as bigint) as churned_customers,
    cast(all_customers as bigint) as all_customers,
    cast(all_churned_customers as bigint) as all_churned_customers,
    {{ portion('1', 'churned_customers', 'nullif(customers, 0)') }} as churn_rate,
    {{ portion('churned_customers', 'all_customers', 'nullif(customers * all_churned_customers, 0)') }} as lift,
    month_start
from compared
