-- Guards waiting times: a schedule whose time zone has no row in the seed support_time_zones has no business hours,
-- and its tickets no minutes: add the row.
{{ config(severity='warn') }}
select distinct
    schedule_id,
    time_zone
from {{ ref('input_support_schedules') }}
where iana_time_zone is null
