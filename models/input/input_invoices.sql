with

invoices as (
    select * from {{ ref('stg_stripe__invoice') }}
)

select
    {{ canonical_id('invoice_id', 'stripe') }} as invoice_id,
    source_relation,
    {{ canonical_id('billing_account_id', 'stripe') }} as billing_account_id,
    {{ canonical_id('subscription_id', 'stripe') }} as subscription_id,
    status,
    currency,
    -- what coupons took off the whole invoice; an extract without these figures tells of none
    greatest(coalesce(subtotal_minor + coalesce(tax_minor, 0) - total_minor, 0), 0) as discount_minor,
    status in ('open', 'paid', 'uncollectible') as is_issued,
    status = 'uncollectible' as is_written_off,
    is_live,
    due_at,
    synced_at
from invoices
