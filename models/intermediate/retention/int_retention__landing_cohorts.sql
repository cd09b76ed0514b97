-- The customers that landed in a month, followed month by month: how many are still there, and what of the
-- landing MRR. Customers that were transferred leave a partner's cohort on both sides from then on.
with

landings as (
    select * from {{ ref('int_retention__landings') }}
),

landed_customers as (
    select * from {{ ref('int_retention__landed_customers') }}
),

months as (
    select * from {{ ref('int_months') }}
),

cohorts as (
    select
        level,
        level_value,
        landing_month,
        transfer_month,
        count(*) as landed_customers,
        sum(landing_mrr) as landing_mrr
    from landings
    group by level, level_value, landing_month, transfer_month
),

bases as (
    select
        cohorts.level,
        cohorts.level_value,
        cohorts.landing_month,
        sum(case when cohorts.transfer_month > months.month_start then cohorts.landed_customers else 0 end) as landed_customers,
        sum(case when cohorts.transfer_month > months.month_start then cohorts.landing_mrr else 0 end) as landing_mrr,
        months.month_start
    from cohorts
    inner join months on cohorts.landing_month <= months.month_start
    group by cohorts.level, cohorts.level_value, cohorts.landing_month, months.month_start
),

retained as (
    select
        level,
        level_value,
        landing_month,
        count(*) as retained_customers,
        sum(retained_mrr) as retained_mrr,
        month_start
    from landed_customers
    where retained_mrr > 0
    group by level, level_value, landing_month, month_start
),

judged as (
    select
        bases.level,
        bases.level_value,
        bases.landing_month,
        bases.landed_customers,
        bases.landing_mrr,
        coalesce(retained.retained_customers, 0) as retained_customers,
        coalesce(retained.retained_mrr, 0) as retained_mrr,
        case
            when bases.landed_customers = 0 then 'empty_cohort'
            when
                bases.landed_customers < {{ var('min_cohort_customers') }}
                or bases.landing_mrr < {{ var('min_cohort_mrr') }}
                then 'tiny_cohort'
            when bases.landing_mrr = 0 then 'no_landing_mrr'
        end as null_reason,
        bases.month_start
    from bases
    left join retained
        on
            bases.level = retained.level
            and bases.level_value = retained.level_value
            and bases.landing_month = retained.landing_month
            and bases.month_start = retained.month_start
)

select
    level,
    level_value,
    null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    cast({{ dbt.datediff('landing_month', 'month_start', 'month') }} as bigint) as months_since_landing,
    cast(landed_customers as bigint) as landed_customers,
    cast(retained_customers as bigint) as retained_customers,
    {{ money('landing_mrr') }} as landing_mrr,
    {{ money('retained_mrr') }} as retained_mrr,
    case when null_reason is null then {{ portion('1', 'retained_mrr', 'landing_mrr') }} end as mrr_retention,
    case
        when null_reason is null or null_reason = 'no_landing_mrr'
            then {{ portion('1', 'retained_customers', 'landed_customers') }}
    end as logo_retention,
    landing_month,
    month_start
from judged
