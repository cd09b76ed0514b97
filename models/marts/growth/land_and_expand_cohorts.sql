{{ config(schema='certified') }}
-- What became of the customers that landed in a month: how many bought more, how soon, and what their MRR is
-- today for each euro of the landing.
with

landings as (
    select
        *,
        case when partner_id is null then 'vendor' else 'partner' end as level,
        coalesce(partner_id, 'all') as level_value
    from {{ ref('int_growth__landings') }}
),

-- the one or two in the middle make the median
expanded as (
    select
        level,
        level_value,
        landing_month,
        months_to_expansion,
        2 * row_number() over (
            partition by level, level_value, landing_month order by months_to_expansion, customer_id
        ) - count(*) over (partition by level, level_value, landing_month) between 0 and 2 as is_middle
    from landings
    where months_to_expansion is not null
),

waits as (
    select
        level,
        level_value,
        landing_month,
        count(*) as expanded_customers,
        {{ portion('1', 'sum(months_to_expansion)', 'count(*)') }} as mean_months,
        {{ portion(
            '1', 'sum(case when is_middle then months_to_expansion else 0 end)', 'sum(case when is_middle then 1 else 0 end)'
        ) }} as median_months
    from expanded
    group by level, level_value, landing_month
),

cohorts as (
    select
        level,
        level_value,
        landing_month,
        as_of_month,
        count(*) as landed_customers,
        sum(case when current_mrr > 0 then 1 else 0 end) as current_customers,
        sum(landing_mrr) as landing_mrr,
        sum(current_mrr) as current_mrr
    from landings
    group by level, level_value, landing_month, as_of_month
)

select
    cohorts.level,
    cohorts.level_value,
    case when cohorts.landing_mrr = 0 then 'no_landing_mrr' end as multiple_null_reason,
    case when waits.expanded_customers is null then 'none_expanded' end as months_to_expansion_null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    cohorts.landed_customers,
    cast(cohorts.current_customers as bigint) as current_customers,
    {{ money('cohorts.landing_mrr') }} as landing_mrr,
    {{ money('cohorts.current_mrr') }} as current_mrr,
    {{ portion('1', 'cohorts.current_mrr', 'nullif(cohorts.landing_mrr, 0)') }} as expansion_multiple,
    coalesce(waits.expanded_customers, 0) as expanded_customers,
    waits.mean_months as mean_months_to_expansion,
    waits.median_months as median_months_to_expansion,
    cohorts.landing_month,
    cohorts.as_of_month
from cohorts
left join waits
    on
        cohorts.level = waits.level
        and cohorts.level_value = waits.level_value
        and cohorts.landing_month = waits.landing_month
