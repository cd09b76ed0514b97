-- What became of customers of each band in the months whose outcome was known at the end of a month: a row a month and band.
with

tests as (
    select * from {{ ref('customer_health_backtest_monthly') }}
),

horizons as (
    select * from {{ ref('health_horizons') }}
    where is_churn_risk
),

bands as (
    select * from {{ ref('health_bands') }}
),

months as (
    select * from {{ ref('int_months') }}
),

cases as (
    select
        bands.health_band,
        bands.is_at_churn_risk,
        months.month_start,
        coalesce(sum(tests.customers), 0) as cases,
        coalesce(sum(tests.churned_customers), 0) as churned_cases
    from months
    cross join bands
    cross join horizons
    left join tests
        on
            bands.health_band = tests.health_band
            and horizons.horizon_months = tests.horizon_months
            and {{ settled_on('tests.month_start', 'tests.horizon_months') }} <= months.month_end
    group by bands.health_band, bands.is_at_churn_risk, months.month_start
)

select
    health_band,
    case
        when cases = 0 then 'no_completed_months'
        when cases < {{ var('health_min_cases') }} then 'too_few_cases'
    end as churn_risk_null_reason,
    cast(cases as bigint) as cases,
    cast(churned_cases as bigint) as churned_cases,
    case when cases >= {{ var('health_min_cases') }} then {{ portion('1', 'churned_cases', 'nullif(cases, 0)') }} end as churn_risk,
    is_at_churn_risk,
    month_start
from cases
