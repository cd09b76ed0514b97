with

judged as (
    select * from {{ ref('base_salesforce__event') }}
)

select
    id as event_id,
    source_relation,
    account_id,
    owner_id,
    who_id,
    what_id,
    type as event_type,
    lower(concat_ws(' ', type, subject)) as purpose_text,
    duration_in_minutes as duration_minutes,
    coalesce(is_child, false) as is_child,
    activity_date,
    start_date_time as started_at,
    end_date_time as ended_at,
    created_date as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
