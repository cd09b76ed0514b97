-- The months that a binding's value of a month is made of, and those of what it is compared with: a row each. A quarter
-- and a fiscal year run from their first month to the month asked for; `period` is the month, because whoever pays by
-- period adds the months up. Compared with the prior four quarters is their mean.
{%- set offsets = {
    'prior_month': [1], 'same_month_last_year': [12], 'prior_4_quarters': [3, 6, 9, 12]
} %}
with

bound as (
    select * from {{ ref('int_incentives__bound_metrics') }}
),

programs as (
    select * from {{ ref('programs') }}
),

-- calendars that are not made of months counted from the start of the fiscal year
fiscal_periods as (
    select * from {{ ref('fiscal_periods') }}
),

months as (
    select * from {{ ref('int_months') }}
),

data_start as (
    select min(month_start) as first_month
    from months
),

offsets as (
    select
        cast(null as {{ dbt.type_string() }}) as comparator,
        0 as offset_months
    {%- for comparator, numbers in offsets.items() %}
        {%- for number in numbers %}
            union all
            select
                '{{ comparator }}' as comparator,
                {{ number }} as offset_months
        {%- endfor %}
    {%- endfor %}
),

ends as (
    select
        bound.program_id,
        bound.program_version_id,
        bound.binding_id,
        bound.applies_from,
        bound.time_window,
        bound.aggregate,
        months.month_start,
        offsets.offset_months,
        {{ add_months('months.month_start', '-offsets.offset_months') }} as to_month
    from bound
    inner join months on bound.applies_from <= months.month_start and bound.applies_to > months.month_start
    inner join offsets on coalesce(bound.comparator = offsets.comparator, true)
),

windows as (
    select
        ends.*,
        case ends.time_window
            when 'quarter'
                then
                    coalesce(
                        {{ month_of('quarters.period_start') }},
                        {{ add_months('ends.to_month', '-mod(extract(month from ends.to_month) - programs.fiscal_year_start_month + 12, 3)') }}
                    )
            when 'fiscal_year_to_date'
                then
                    coalesce(
                        {{ month_of('years.period_start') }},
                        {{ add_months('ends.to_month', '-mod(extract(month from ends.to_month) - programs.fiscal_year_start_month + 12, 12)') }}
                    )
            when 'trailing_12_months' then {{ add_months('ends.to_month', -11) }}
            when 'since_start' then least(data_start.first_month, ends.to_month)
            else ends.to_month
        end as from_month,
        data_start.first_month
    from ends
    cross join data_start
    inner join programs on ends.program_id = programs.program_id
    left join fiscal_periods as quarters
        on
            ends.program_id = quarters.program_id and quarters.frequency = 'quarter'
            and ends.to_month >= quarters.period_start and ends.to_month < quarters.period_end
    left join fiscal_periods as years
        on
            ends.program_id = years.program_id and years.frequency = 'year'
            and ends.to_month >= years.period_start and ends.to_month < years.period_end
)

select
    program_id,
    program_version_id,
    binding_id,
    applies_from,
    aggregate,
    offset_months > 0 as is_base,
    -- what a window spans, and in how many windows the base is told
    {{ month_number('to_month') }} - {{ month_number('from_month') }} + 1 as window_months,
    count(*) over (
        partition by program_version_id, binding_id, applies_from, month_start, offset_months > 0
    ) as window_count,
    -- nothing is known of a time before the data
    offset_months > 0 and from_month < first_month as is_before_data,
    from_month,
    to_month,
    month_start
from windows
