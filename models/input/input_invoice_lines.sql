with

lines as (
    select * from {{ ref('stg_stripe__invoice_line_item') }}
)

select
    {{ canonical_id('invoice_line_id', 'stripe') }} as invoice_line_id,
    source_relation,
    {{ canonical_id('invoice_id', 'stripe') }} as invoice_id,
    {{ canonical_id('subscription_id', 'stripe') }} as subscription_id,
    {{ canonical_id('subscription_item_id', 'stripe') }} as subscription_item_id,
    {{ canonical_id('price_id', 'stripe') }} as price_id,
    currency,
    amount_minor,
    quantity,
    discount_minor,
    is_proration,
    line_type = 'subscription' and not is_proration as is_regular,
    is_live,
    period_started_at,
    period_ends_at,
    synced_at
from lines
