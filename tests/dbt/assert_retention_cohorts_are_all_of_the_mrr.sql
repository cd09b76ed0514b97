-- Guards against lost customers: the vendor's cohorts have exactly the MRR in force when their window starts, and
-- the values of each level sum to the vendor. Customers that are in one segment or region as a whole are also
-- kept in sum; those of a partner leave when they are transferred, which only ever makes its cohorts smaller.
{{ config(meta={'dagster': {'ref': {'name': 'int_retention__level_months'}}}) }}
with

customer_months as (
    select
        month_start,
        sum(mrr) as mrr
    from {{ ref('int_mrr__customer_months') }}
    group by month_start
),

level_months as (
    select * from {{ ref('int_retention__level_months') }}
),

vendor as (
    select * from level_months
    where level = 'vendor'
),

sums as (
    select
        level,
        window_months,
        month_start,
        sum(cohort_mrr) as cohort_mrr,
        sum(cohort_customers) as cohort_customers,
        sum(retained_customers) as retained_customers,
        sum(retained_mrr) as retained_mrr,
        sum(gross_retained_mrr) as gross_retained_mrr
    from level_months
    group by level, window_months, month_start
),

in_force as (
    select
        vendor.level,
        vendor.window_months,
        vendor.month_start,
        vendor.cohort_mrr as found,
        coalesce(customer_months.mrr, 0) as expected
    from vendor
    left join customer_months
        on {{ add_months('vendor.month_start', '-vendor.window_months') }} = customer_months.month_start
),

levels as (
    select
        sums.level,
        sums.window_months,
        sums.month_start,
        sums.cohort_mrr as found,
        vendor.cohort_mrr as expected,
        sums.cohort_customers <> vendor.cohort_customers
        or sums.retained_customers <> vendor.retained_customers
        or sums.retained_mrr <> vendor.retained_mrr
        or sums.gross_retained_mrr <> vendor.gross_retained_mrr as is_divided
    from sums
    inner join vendor on sums.window_months = vendor.window_months and sums.month_start = vendor.month_start
)

select
    level,
    window_months,
    month_start,
    found,
    expected
from in_force
where found <> expected
union all
select
    level,
    window_months,
    month_start,
    found,
    expected
from levels
where
    found > expected
    {%- if var('transfer_policy') == 'leave' %}
        or (found < expected and level not in ('{{ retention_levels("partner").keys() | join("', '") }}'))
    {%- else %}
        or found < expected
    {%- endif %}
    or (is_divided and level in ('{{ retention_levels("customer").keys() | join("', '") }}'))
