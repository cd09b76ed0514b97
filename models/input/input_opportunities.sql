with

opportunities as (
    select * from {{ ref('stg_salesforce__opportunity') }}
)

select
    {{ canonical_id('opportunity_id', 'salesforce') }} as opportunity_id,
    source_relation,
    account_id as customer_id,
    {{ canonical_id('owner_id', 'salesforce') }} as owner_person_id,
    opportunity_name,
    opportunity_type,
    stage_name,
    forecast_category,
    lead_source,
    currency,
    amount,
    probability_percent,
    is_closed,
    is_won,
    close_date,
    created_at
from opportunities
