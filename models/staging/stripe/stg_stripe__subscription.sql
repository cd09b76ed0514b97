with

judged as (
    select * from {{ ref('base_stripe__subscription') }}
)

select
    id as subscription_id,
    source_relation,
    customer_id as billing_account_id,
    status,
    {{ json_text('metadata', var('metadata_keys').end_customer) }} as end_customer_id,
    {{ json_text('metadata', var('metadata_keys').license_type) }} as license_type,
    coalesce(livemode, true) as is_live,
    lower(pause_collection_behavior) as pause_behavior,
    coalesce(cancel_at_period_end, false) as is_cancelled_at_period_end,
    coalesce(start_date, created) as started_at,
    created as created_at,
    current_period_start as period_started_at,
    current_period_end as period_ends_at,
    trial_start as trial_started_at,
    trial_end as trial_ends_at,
    pause_collection_resumes_at as pause_resumes_at,
    cancel_at as cancels_at,
    canceled_at as cancelled_at,
    ended_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
