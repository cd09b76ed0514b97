with

judged as (
    select * from {{ ref('base_stripe__subscription_history') }}
)

select
    id as subscription_id,
    source_relation,
    status,
    lower(pause_collection_behavior) as pause_behavior,
    coalesce(cancel_at_period_end, false) as is_cancelled_at_period_end,
    _fivetran_start as version_started_at,
    current_period_end as period_ends_at,
    trial_end as trial_ends_at,
    pause_collection_resumes_at as pause_resumes_at,
    cancel_at as cancels_at,
    canceled_at as cancelled_at,
    ended_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
