with

versions as (
    select * from {{ ref('stg_stripe__subscription_history') }}
)

select
    {{ canonical_id('subscription_id', 'stripe') }} as subscription_id,
    source_relation,
    status,
    pause_behavior,
    is_cancelled_at_period_end,
    version_started_at,
    period_ends_at,
    trial_ends_at,
    pause_resumes_at,
    cancels_at,
    cancelled_at,
    ended_at
from versions
