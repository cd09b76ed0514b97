-- Deals in the CRM that answer an opportunity of the feed: same customer, the kind of deal that takes it up, made after it
-- was first shown and in time, about the same product where the deal names any. A deal may answer several.
with

episodes as (
    select * from {{ ref('int_opportunities__episodes') }}
    where accepted_as is not null
),

deals as (
    select
        opportunity_id,
        customer_id,
        lower(opportunity_type) as opportunity_type,
        case when is_closed then is_won end as is_won,
        case when is_closed then close_date end as decided_on,
        {{ local_date('created_at') }} as made_on
    from {{ ref('input_opportunities') }}
),

deal_kinds as (
    select * from {{ ref('opportunity_kinds') }}
),

deal_products as (
    select distinct
        opportunity_id,
        product_id
    from {{ ref('input_opportunity_lines') }}
    where product_id is not null
),

with_products as (
    select distinct opportunity_id from deal_products
),

stages as (
    select
        opportunity_id,
        stage_name,
        {{ local_date('version_started_at') }} as stage_from,
        lag(stage_name) over (partition by opportunity_id order by version_started_at) as previous_stage
    from {{ ref('input_opportunity_versions') }}
),

moved as (
    select
        opportunity_id,
        min(stage_from) as moved_on
    from stages
    where previous_stage <> stage_name
    group by opportunity_id
)

select
    episodes.partner_id,
    episodes.opportunity_key,
    deals.opportunity_id,
    row_number() over (
        partition by episodes.partner_id, episodes.opportunity_key, episodes.first_shown_month
        order by deals.made_on, deals.opportunity_id
    ) as answer_number,
    deals.is_won,
    deals.made_on,
    moved.moved_on,
    deals.decided_on,
    episodes.first_shown_month
from episodes
inner join deals
    on
        episodes.customer_id = deals.customer_id
        and episodes.shown_on < deals.made_on
        and episodes.answer_by >= deals.made_on
inner join deal_kinds
    on
        episodes.accepted_as = deal_kinds.opportunity_kind
        and deals.opportunity_type = deal_kinds.opportunity_type
left join moved on deals.opportunity_id = moved.opportunity_id
left join with_products on deals.opportunity_id = with_products.opportunity_id
left join deal_products
    on deals.opportunity_id = deal_products.opportunity_id and episodes.product_id = deal_products.product_id
where
    episodes.product_id is null
    or with_products.opportunity_id is null
    or deal_products.product_id is not null
