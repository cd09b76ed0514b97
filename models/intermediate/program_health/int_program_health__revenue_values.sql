-- How much of the revenue recurs over twelve months, and how much of it is kept: the vendor's figures, one row a measure and
-- month.
with

mix as (
    select
        month_start,
        sum(recurring_mrr) as recurring_mrr,
        sum(one_off_revenue) as one_off_revenue
    from {{ ref('partner_revenue_mix_monthly') }}
    group by month_start
),

retention as (
    select * from {{ ref('retention_by_level_monthly') }}
    where level = 'vendor' and window_months = 12
),

windows as (
    select
        month_start,
        count(*) over trailing_year as months_so_far,
        sum(recurring_mrr) over trailing_year as recurring_mrr,
        sum(one_off_revenue) over trailing_year as one_off_revenue
    from mix
    window trailing_year as (order by month_start rows between 11 preceding and current row)
),

judged as (
    select
        *,
        case
            when months_so_far < 12 then 'fewer_than_12_months'
            when one_off_revenue < 0 then 'credits_exceed_one_off'
            when recurring_mrr + one_off_revenue = 0 then 'no_revenue'
        end as value_null_reason
    from windows
)

select
    'recurring_share' as measure_id,
    value_null_reason,
    case
        when value_null_reason is null
            then {{ portion('1', 'recurring_mrr', 'nullif(recurring_mrr + one_off_revenue, 0)') }}
    end as value,
    month_start
from judged
union all
select
    'nrr_12_months' as measure_id,
    null_reason as value_null_reason,
    nrr as value,
    month_start
from retention
union all
select
    'grr_12_months' as measure_id,
    null_reason as value_null_reason,
    grr as value,
    month_start
from retention
