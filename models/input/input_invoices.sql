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
    status in ('open', 'paid', 'uncollectible') as is_issued,
    status = 'uncollectible' as is_written_off,
    is_live,
    due_at,
    synced_at
from invoices
