with

lines as (
    select * from {{ ref('stg_stripe__invoice_line_item') }}
),

-- what a line does not say itself
links as (
    select * from {{ ref('stg_stripe__line_link') }}
),

line_tax as (
    select * from {{ ref('stg_stripe__line_tax') }}
),

completed as (
    select
        lines.*,
        coalesce(lines.subscription_id, links.subscription_id) as linked_subscription_id,
        coalesce(lines.subscription_item_id, links.subscription_item_id) as linked_item_id,
        coalesce(lines.price_id, links.price_id) as linked_price_id,
        coalesce(lines.line_type, case when links.invoice_line_id is not null then 'subscription' end) as linked_type,
        lines.amount_minor - coalesce(line_tax.included_tax_minor, 0) as net_amount_minor,
        coalesce(line_tax.included_tax_minor, 0) as included_tax_minor
    from lines
    left join links
        on lines.invoice_line_id = links.invoice_line_id and lines.source_relation = links.source_relation
    left join line_tax
        on lines.invoice_line_id = line_tax.invoice_line_id and lines.source_relation = line_tax.source_relation
)

select
    {{ canonical_id('invoice_line_id', 'stripe') }} as invoice_line_id,
    {{ canonical_id('source_line_id', 'stripe') }} as source_line_id,
    source_relation,
    {{ canonical_id('invoice_id', 'stripe') }} as invoice_id,
    {{ canonical_id('linked_subscription_id', 'stripe') }} as subscription_id,
    {{ canonical_id('linked_item_id', 'stripe') }} as subscription_item_id,
    {{ canonical_id('linked_price_id', 'stripe') }} as price_id,
    currency,
    net_amount_minor as amount_minor,
    included_tax_minor,
    quantity,
    discount_minor,
    is_proration,
    coalesce(linked_type = 'subscription', false) and not is_proration as is_regular,
    is_live,
    period_started_at,
    period_ends_at,
    synced_at
from completed
