-- Guards upsell success and signed revenue against a CRM that spells a type of deal anew: a type that the seed does not
-- know counts nowhere. It warns and stops nothing, because people type it in; add a row to seeds/opportunity_kinds.csv.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'input_opportunities'}}}) }}
with

opportunities as (
    select * from {{ ref('input_opportunities') }}
    where is_closed
),

kinds as (
    select * from {{ ref('opportunity_kinds') }}
)

select
    opportunities.opportunity_type,
    count(*) as closed_deals
from opportunities
left join kinds on lower(opportunities.opportunity_type) = kinds.opportunity_type
where kinds.opportunity_type is null
group by opportunities.opportunity_type
