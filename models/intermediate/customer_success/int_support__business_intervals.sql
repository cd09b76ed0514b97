-- When support is open: a row an interval of a day of a schedule, as instants, so that a change of the clocks makes a day
-- longer or shorter, and how long it was open before the day. A closed day has one row without an interval.
with

schedules as (
    select * from {{ ref('input_support_schedules') }}
    where iana_time_zone is not null
),

holidays as (
    select * from {{ ref('input_support_holidays') }}
),

calendar as (
    {{ dbt.date_spine('day', "cast('1990-01-01' as date)", "cast('2100-01-01' as date)") }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

first_ticket as (
    select cast(min(created_at) as date) as first_date from {{ ref('input_tickets') }}
),

-- a day more on either side: it is not the same day everywhere
dates as (
    select
        cast(calendar.date_day as date) as business_date,
        -- 1970-01-04 was a Sunday
        {{ dbt.datediff("cast('1970-01-04' as date)", 'calendar.date_day', 'day') }} % 7 as weekday
    from calendar
    cross join as_of
    cross join first_ticket
    where
        calendar.date_day >= {{ dbt.dateadd('day', -1, 'first_ticket.first_date') }}
        and calendar.date_day <= {{ dbt.dateadd('day', 1, 'as_of.as_of_date') }}
),

schedule_names as (
    select distinct schedule_id from schedules
),

days as (
    select
        schedule_names.schedule_id,
        dates.business_date,
        dates.weekday,
        coalesce(count(holidays.holiday_id) > 0, false) as is_holiday
    from dates
    cross join schedule_names
    left join holidays
        on
            schedule_names.schedule_id = holidays.schedule_id
            and dates.business_date between holidays.start_date and holidays.end_date
    group by schedule_names.schedule_id, dates.business_date, dates.weekday
),

-- an interval may run over midnight: each day has its part
parts as (
    select
        days.schedule_id,
        days.business_date,
        schedules.iana_time_zone,
        greatest(schedules.start_minute - 1440 * days.weekday, 0) as start_minute,
        least(schedules.end_minute - 1440 * days.weekday, 1440) as end_minute
    from days
    left join schedules
        on
            days.schedule_id = schedules.schedule_id
            and not days.is_holiday
            and schedules.start_minute < 1440 * (days.weekday + 1)
            and schedules.end_minute > 1440 * days.weekday
),

instants as (
    select
        *,
        {{ utc_time(dbt.dateadd('minute', 'start_minute', 'cast(business_date as timestamp)'), 'iana_time_zone') }} as opened_at,
        {{ utc_time(dbt.dateadd('minute', 'end_minute', 'cast(business_date as timestamp)'), 'iana_time_zone') }} as closed_at
    from parts
),

measured as (
    select
        *,
        coalesce({{ dbt.datediff('opened_at', 'closed_at', 'second') }}, 0) as seconds
    from instants
)

select
    schedule_id,
    seconds,
    sum(seconds) over (partition by schedule_id order by business_date)
    - sum(seconds) over (partition by schedule_id, business_date) as seconds_before_day,
    opened_at,
    closed_at,
    business_date
from measured
