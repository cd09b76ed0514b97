-- How much of the MRR of one, three and twelve months ago is still there, for every value of each level and
-- every month since it first had MRR. A cohort that is empty or too small to speak of has no ratio.
{%- set windows = var('retention_windows') %}
{%- set figures = retention_figures() %}
with

cohorts as (
    select * from {{ ref('int_retention__cohorts') }}
),

level_values as (
    select * from {{ ref('int_retention__level_values') }}
),

months as (
    select * from {{ ref('int_months') }}
),

windows as (
    {%- for window in windows %}
        select {{ window }} as window_months
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

window_cohorts as (
    {%- for window in windows %}
        select
            level,
            level_value,
            {{ window }} as window_months,
            {%- for figure in figures %}
                {{ figure }}_{{ window }} as {{ figure }},
            {%- endfor %}
            {{ add_months('cohort_month', window) }} as month_start
        from cohorts
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

level_months as (
    select
        level_values.level,
        level_values.level_value,
        windows.window_months,
        {%- for figure in figures %}
            coalesce(window_cohorts.{{ figure }}, 0) as {{ figure }},
        {%- endfor %}
        months.month_start
    from level_values
    inner join months on level_values.first_month <= months.month_start
    cross join windows
    left join window_cohorts
        on
            level_values.level = window_cohorts.level
            and level_values.level_value = window_cohorts.level_value
            and windows.window_months = window_cohorts.window_months
            and months.month_start = window_cohorts.month_start
),

judged as (
    select
        *,
        case
            when cohort_customers = 0 then 'empty_cohort'
            when
                cohort_customers < {{ var('min_cohort_customers') }}
                or cohort_mrr < {{ var('min_cohort_mrr') }}
                then 'tiny_cohort'
        end as null_reason
    from level_months
)

select
    level,
    level_value,
    null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    cast(window_months as bigint) as window_months,
    cast(cohort_customers as bigint) as cohort_customers,
    cast(retained_customers as bigint) as retained_customers,
    {{ money('cohort_mrr') }} as cohort_mrr,
    {{ money('retained_mrr') }} as retained_mrr,
    {{ money('gross_retained_mrr') }} as gross_retained_mrr,
    {{ money('reported_mrr') }} as reported_retained_mrr,
    {{ money('gross_reported_mrr') }} as reported_gross_retained_mrr,
    {%- for ratio, figure, base in [
        ('nrr', 'retained_mrr', 'cohort_mrr'),
        ('grr', 'gross_retained_mrr', 'cohort_mrr'),
        ('logo_retention', 'retained_customers', 'cohort_customers'),
        ('nrr_as_reported', 'reported_mrr', 'cohort_mrr'),
        ('grr_as_reported', 'gross_reported_mrr', 'cohort_mrr'),
    ] %}
        case when null_reason is null then {{ portion('1', figure, base) }} end as {{ ratio }},
    {%- endfor %}
    month_start
from judged
