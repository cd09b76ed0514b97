with

judged as (
    select * from {{ ref('base_zendesk__schedule') }}
)

select
    id as schedule_id,
    source_relation,
    {{ printable('name') }} as schedule_name,
    time_zone,
    start_time as start_minute,
    end_time as end_minute,
    created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
