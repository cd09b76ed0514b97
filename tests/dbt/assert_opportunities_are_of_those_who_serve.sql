-- Guards what partners may see: a customer is in a partner's feed only where that partner is credited with MRR of it in
-- the month. Customers that have left have none: they are with nobody who is credited with somebody else's.
{{ config(meta={'dagster': {'ref': {'name': 'partner_opportunity_feed_monthly'}}}) }}
with

feed as (
    select * from {{ ref('partner_opportunity_feed_monthly') }}
    where customer_id is not null
),

credited as (
    select distinct
        customer_id,
        partner_id,
        month_start
    from {{ ref('customer_mrr_monthly') }}
),

in_force as (
    select distinct
        customer_id,
        month_start
    from credited
)

select
    feed.partner_id,
    feed.opportunity_key,
    feed.month_start
from feed
left join credited
    on
        feed.customer_id = credited.customer_id
        and feed.partner_id = credited.partner_id
        and feed.month_start = credited.month_start
left join in_force on feed.customer_id = in_force.customer_id and feed.month_start = in_force.month_start
where
    feed.kind <> 'win_back' and credited.customer_id is null
    or feed.kind = 'win_back' and in_force.customer_id is not null
