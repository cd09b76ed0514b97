with

judged as (
    select * from {{ ref('base_salesforce__opportunity') }}
)

select
    id as opportunity_id,
    source_relation,
    account_id,
    owner_id,
    {{ printable('name') }} as opportunity_name,
    type as opportunity_type,
    stage_name,
    forecast_category,
    lead_source,
    upper(currency_iso_code) as currency,
    amount,
    probability as probability_percent,
    coalesce(is_closed, false) as is_closed,
    coalesce(is_won, false) as is_won,
    close_date,
    created_date as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
