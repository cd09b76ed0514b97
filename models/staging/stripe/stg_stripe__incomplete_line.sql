{{ config(materialized='table') }}
-- Recurring lines that do not say their subscription, item or price themselves, with the subscription that is said
-- elsewhere: by the item as it is listed, by the invoice, by the item's other lines. Most extracts have few of them.
with

lines as (
    select * from {{ ref('stg_stripe__invoice_line_item') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoice') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscription') }}
),

items as (
    select * from {{ ref('stg_stripe__subscription_item') }}
),

prices as (
    select * from {{ ref('stg_stripe__price') }}
),

products as (
    select * from {{ ref('stg_stripe__product') }}
),

incomplete as (
    select
        lines.*,
        prices.product_id,
        coalesce(prices.price_type <> 'recurring' or prices.usage_type = 'metered', false)
        or coalesce(products.revenue_type <> 'recurring', false) as is_no_mrr,
        coalesce(prices.billing_scheme = 'tiered', false) as is_tiered,
        coalesce(lines.line_type, 'subscription') = 'subscription' and not lines.is_proration as is_regular
    from lines
    left join prices on lines.price_id = prices.price_id and lines.source_relation = prices.source_relation
    left join products
        on prices.product_id = products.product_id and prices.source_relation = products.source_relation
    where
        (lines.subscription_id is null or lines.subscription_item_id is null or lines.price_id is null)
        and (
            lines.is_proration
            or lines.line_type = 'subscription'
            or (lines.line_type is null and prices.price_type = 'recurring')
        )
),

without_subscription as (
    select distinct
        subscription_item_id,
        source_relation
    from incomplete
    where subscription_id is null and subscription_item_id is not null
),

billed_items as (
    select
        lines.subscription_item_id,
        lines.source_relation,
        min(lines.subscription_id) as subscription_id
    from lines
    inner join without_subscription
        on
            lines.subscription_item_id = without_subscription.subscription_item_id
            and lines.source_relation = without_subscription.source_relation
    where lines.subscription_id is not null
    group by lines.subscription_item_id, lines.source_relation
)

select
    incomplete.invoice_line_id,
    incomplete.source_relation,
    incomplete.invoice_id,
    subscriptions.subscription_id,
    incomplete.subscription_item_id,
    incomplete.price_id,
    incomplete.product_id,
    incomplete.currency,
    incomplete.amount_minor,
    incomplete.quantity,
    incomplete.is_regular,
    incomplete.is_tiered,
    -- nothing of a draft, a test or what is no MRR has to be held back
    incomplete.amount_minor <> 0
    and incomplete.is_live
    and not incomplete.is_no_mrr
    and coalesce(invoices.is_live, true)
    and coalesce(invoices.status in ('open', 'paid', 'uncollectible'), true) as is_evidence,
    incomplete.period_started_at,
    incomplete.synced_at
from incomplete
left join invoices
    on incomplete.invoice_id = invoices.invoice_id and incomplete.source_relation = invoices.source_relation
left join items
    on
        incomplete.subscription_item_id = items.subscription_item_id
        and incomplete.source_relation = items.source_relation
left join billed_items
    on
        incomplete.subscription_item_id = billed_items.subscription_item_id
        and incomplete.source_relation = billed_items.source_relation
left join subscriptions
    on
        coalesce(
            incomplete.subscription_id, items.subscription_id, invoices.subscription_id, billed_items.subscription_id
        ) = subscriptions.subscription_id
        and incomplete.source_relation = subscriptions.source_relation
