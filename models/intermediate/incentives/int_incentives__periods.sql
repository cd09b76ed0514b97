-- One row a period that a program may pay for, from the first month with data to the last complete one. The last period
-- may still be open: it has data up to `last_month`.
with

programs as (
    select * from {{ ref('programs') }}
),

own_periods as (
    select * from {{ ref('fiscal_periods') }}
),

months as (
    select * from {{ ref('int_months') }}
),

frequencies as (
    select
        'month' as frequency,
        1 as period_months
    union all
    select
        'quarter' as frequency,
        3 as period_months
    union all
    select
        'half_year' as frequency,
        6 as period_months
    union all
    select
        'year' as frequency,
        12 as period_months
),

own_calendars as (
    select distinct
        program_id,
        frequency
    from own_periods
),

-- counted from the month in which the fiscal year begins
placed as (
    select
        programs.program_id,
        frequencies.frequency,
        frequencies.period_months,
        months.month_start,
        mod(
            extract(month from months.month_start) - programs.fiscal_year_start_month + 12,
            frequencies.period_months
        ) as months_into_period
    from programs
    cross join frequencies
    cross join months
    left join own_calendars
        on programs.program_id = own_calendars.program_id and frequencies.frequency = own_calendars.frequency
    where own_calendars.program_id is null
),

period_months as (
    select
        program_id,
        frequency,
        {{ add_months('month_start', '-months_into_period') }} as period_start,
        {{ add_months('month_start', '(period_months - months_into_period)') }} as period_end,
        month_start
    from placed
    union all
    select
        own_periods.program_id,
        own_periods.frequency,
        own_periods.period_start,
        own_periods.period_end,
        months.month_start
    from own_periods
    inner join months
        on own_periods.period_start <= months.month_start and own_periods.period_end > months.month_start
)

select
    program_id,
    frequency,
    {{ add_months('max(month_start)', 1) }} >= period_end as is_complete,
    period_start,
    period_end,
    min(month_start) as first_month,
    max(month_start) as last_month
from period_months
group by program_id, frequency, period_start, period_end
