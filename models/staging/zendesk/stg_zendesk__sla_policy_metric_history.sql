with

judged as (
    select * from {{ ref('base_zendesk__sla_policy_metric_history') }}
)

select
    sla_policy_id,
    source_relation,
    {{ adapter.quote('index') }} as promise_number,
    metric as sla_metric,
    priority,
    target as target_minutes,
    coalesce(business_hours, false) as is_business_hours,
    sla_policy_updated_at as policy_updated_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
