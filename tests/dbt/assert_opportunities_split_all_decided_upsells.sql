-- Guards the comparison of deals that answer the feed with others: together they are the deals that the certified upsell
-- success rate counts, for every partner and month.
{{ config(meta={'dagster': {'ref': {'name': 'partner_opportunity_outcomes_monthly'}}}) }}
with

split as (
    select * from {{ ref('partner_opportunity_outcomes_monthly') }}
    where feed_decided_upsells + other_decided_upsells > 0
),

outcomes as (
    select * from {{ ref('int_growth__upsell_outcomes') }}
    where partner_id is not null
)

select
    coalesce(split.partner_id, outcomes.partner_id) as partner_id,
    coalesce(split.month_start, outcomes.month_start) as month_start,
    split.feed_decided_upsells,
    split.other_decided_upsells,
    outcomes.decided_upsells
from split
full outer join outcomes on split.partner_id = outcomes.partner_id and split.month_start = outcomes.month_start
where
    split.partner_id is null
    or outcomes.partner_id is null
    or split.feed_decided_upsells + split.other_decided_upsells <> outcomes.decided_upsells
    or split.feed_won_upsells + split.other_won_upsells <> outcomes.won_upsells
