{{ config(schema='certified') }}
-- What each partner could do next: the feed of the last complete month.
with

feed as (
    select * from {{ ref('partner_opportunity_feed_monthly') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
)

select
    feed.partner_id,
    feed.opportunity_key,
    feed.customer_id,
    feed.product_id,
    feed.program_id,
    feed.track,
    feed.kind,
    feed.kind_name,
    feed.partner_name,
    feed.customer_name,
    feed.product_name,
    feed.reason,
    feed.evidence,
    feed.measure,
    feed.mrr_effect,
    feed.estimate_basis,
    feed.estimate_null_reason,
    feed.reporting_currency,
    feed.verification,
    feed.measured_value,
    feed.threshold,
    feed.partner_share,
    feed.estimated_mrr,
    feed.weight,
    feed.weighted_mrr,
    feed.feed_rank,
    feed.kind_rank,
    feed.due_on,
    feed.first_shown_month,
    feed.month_start
from feed
inner join as_of on feed.month_start = as_of.last_complete_month
