with

opportunities as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

names as (
    select * from {{ ref('input_crm_account_names') }}
)

select
    {{ canonical_id('opportunities.opportunity_id', 'salesforce', 'opportunities') }} as opportunity_id,
    opportunities.source_relation,
    coalesce(names.crm_account_id, opportunities.account_id) as customer_id,
    {{ canonical_id('opportunities.owner_id', 'salesforce', 'opportunities') }} as owner_person_id,
    opportunities.opportunity_name,
    opportunities.opportunity_type,
    opportunities.stage_name,
    opportunities.forecast_category,
    opportunities.lead_source,
    opportunities.currency,
    opportunities.amount,
    opportunities.probability_percent,
    opportunities.is_closed,
    opportunities.is_won,
    opportunities.close_date,
    opportunities.created_at
from opportunities
left join names on opportunities.account_id = names.named_id
