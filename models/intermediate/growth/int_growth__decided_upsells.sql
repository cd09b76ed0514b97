-- Upsell and cross-sell deals that were won or lost. Open ones are not decided and stand nowhere.
with

opportunities as (
    select * from {{ ref('input_opportunities') }}
    where is_closed and close_date is not null
),

kinds as (
    select * from {{ ref('opportunity_kinds') }}
    where is_upsell
)

select
    opportunities.opportunity_id,
    opportunities.customer_id,
    kinds.opportunity_kind,
    opportunities.is_won,
    opportunities.close_date
from opportunities
inner join kinds on lower(opportunities.opportunity_type) = kinds.opportunity_type
