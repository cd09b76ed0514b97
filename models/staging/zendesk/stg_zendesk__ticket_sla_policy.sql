with

judged as (
    select * from {{ ref('base_zendesk__ticket_sla_policy') }}
)

select
    ticket_id,
    source_relation,
    sla_policy_id,
    policy_applied_at as applied_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
