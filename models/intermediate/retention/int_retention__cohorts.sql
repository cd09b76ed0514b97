-- The cohorts of each level by the month they start in. Customers that belong to a value as a whole are taken
-- from the vendor's cohorts, those that are divided from their own.
{%- set windows = var('retention_windows') %}
{%- set levels = retention_levels().keys() | list %}
with

cohort_customers as (
    select * from {{ ref('int_retention__cohort_customers') }}
),

profiles as (
    select * from {{ ref('int_retention__customer_profiles') }}
),

whole as (
    select
        case
            {%- for level in levels %}
                when grouping(profiles.{{ level }}) = 0 then '{{ level }}'
            {%- endfor %}
            else 'vendor'
        end as level,
        case
            {%- for level in levels %}
                when grouping(profiles.{{ level }}) = 0 then profiles.{{ level }}
            {%- endfor %}
            else 'all'
        end as level_value,
        {{ retention_sums() }},
        cohort_customers.cohort_month
    from cohort_customers
    inner join profiles on cohort_customers.customer_id = profiles.customer_id
    where cohort_customers.level = 'vendor'
    group by grouping sets (
        {%- for level in levels %}
            (cohort_customers.cohort_month, profiles.{{ level }}),
        {%- endfor %}
        (cohort_customers.cohort_month)
    )
),

divided as (
    select
        level,
        level_value,
        {{ retention_sums() }},
        cohort_month
    from cohort_customers
    where level <> 'vendor'
    group by level, level_value, cohort_month
),

united as (
    select * from whole
    where level_value is not null
    union all
    select * from divided
)

select
    level,
    level_value,
    {%- for window in windows %}
        {%- for figure in retention_figures() %}
            sum({{ figure }}_{{ window }}) as {{ figure }}_{{ window }},
        {%- endfor %}
    {%- endfor %}
    cohort_month
from united
group by level, level_value, cohort_month
