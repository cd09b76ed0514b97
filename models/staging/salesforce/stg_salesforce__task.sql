with

judged as (
    select * from {{ ref('base_salesforce__task') }}
)

select
    id as task_id,
    source_relation,
    account_id,
    owner_id,
    who_id,
    what_id,
    type as task_type,
    task_subtype,
    call_type,
    status as task_status,
    call_duration_in_seconds as call_seconds,
    coalesce(is_closed, false) as is_closed,
    activity_date,
    completed_date_time as completed_at,
    created_date as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
