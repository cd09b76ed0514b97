{{ config(materialized='table', schema='certified') }}
-- Days of the months that figures exist for, which the semantic layer counts time along. It ends where the
-- figures end: a running total has no row for a day that has not been.
with

calendar as (
    {{ dbt.date_spine('day', "cast('1990-01-01' as date)", "cast('2100-01-01' as date)") }}
),

months as (
    select * from {{ ref('int_months') }}
)

select
    cast(calendar.date_day as date) as date_day,
    months.month_start,
    months.month_end
from calendar
inner join months on {{ month_of('calendar.date_day') }} = months.month_start
