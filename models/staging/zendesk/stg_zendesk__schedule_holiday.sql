with

judged as (
    select * from {{ ref('base_zendesk__schedule_holiday') }}
)

select
    schedule_id,
    source_relation,
    id as holiday_id,
    {{ printable('name') }} as holiday_name,
    start_date,
    end_date,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
