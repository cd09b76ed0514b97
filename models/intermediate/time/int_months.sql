-- Complete months, from the first subscription on. Facts stop with the last complete month.
with

calendar as (
    {{ dbt.date_spine('month', "cast('1990-01-01' as date)", "cast('2100-01-01' as date)") }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

first_start as (
    select {{ month_of(local_date('min(started_at)')) }} as first_month
    from {{ ref('input_subscriptions') }}
)

select
    cast(calendar.date_month as date) as month_start,
    {{ last_day_of_month('calendar.date_month') }} as month_end,
    {{ add_months('cast(calendar.date_month as date)', -1) }} as previous_month_start,
    {{ add_months('cast(calendar.date_month as date)', 1) }} as next_month_start
from calendar
cross join as_of
cross join first_start
where cast(calendar.date_month as date) between first_start.first_month and as_of.last_complete_month
