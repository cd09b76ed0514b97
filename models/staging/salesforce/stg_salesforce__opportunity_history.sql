with

judged as (
    select * from {{ ref('base_salesforce__opportunity_history') }}
)

select
    id as opportunity_id,
    source_relation,
    account_id,
    owner_id,
    type as opportunity_type,
    stage_name,
    forecast_category,
    amount,
    probability as probability_percent,
    coalesce(is_closed, false) as is_closed,
    coalesce(is_won, false) as is_won,
    coalesce(is_deleted, false) as is_deleted,
    close_date,
    _fivetran_start as version_started_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
