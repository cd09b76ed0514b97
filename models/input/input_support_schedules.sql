with

schedules as (
    select * from {{ ref('stg_zendesk__schedule') }}
)

select
    {{ canonical_id('schedule_id', 'zendesk') }} as schedule_id,
    source_relation,
    schedule_name,
    time_zone,
    start_minute,
    end_minute
from schedules
