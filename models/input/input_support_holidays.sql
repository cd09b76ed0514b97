with

holidays as (
    select * from {{ ref('stg_zendesk__schedule_holiday') }}
)

select
    {{ canonical_id('schedule_id', 'zendesk') }} as schedule_id,
    source_relation,
    {{ canonical_id('holiday_id', 'zendesk') }} as holiday_id,
    holiday_name,
    start_date,
    end_date
from holidays
