with

invoices as (
    select * from {{ ref('stg_stripe__invoice') }}
),

included_tax as (
    select
        invoice_id,
        source_relation,
        sum(included_tax_minor) as included_tax_minor,
        count(*) as taxed_lines
    from {{ ref('stg_stripe__line_tax') }}
    group by invoice_id, source_relation
),

invoices_net as (
    select
        invoices.*,
        coalesce(included_tax.taxed_lines, 0) as taxed_lines,
        coalesce(included_tax.included_tax_minor, 0) as included_tax_minor,
        invoices.subtotal_minor - coalesce(included_tax.included_tax_minor, 0)
        + coalesce(invoices.tax_minor, 0) - invoices.total_minor as taken_off_minor
    from invoices
    left join included_tax
        on invoices.invoice_id = included_tax.invoice_id and invoices.source_relation = included_tax.source_relation
)

select
    {{ canonical_id('invoice_id', 'stripe') }} as invoice_id,
    source_relation,
    {{ canonical_id('billing_account_id', 'stripe') }} as billing_account_id,
    {{ canonical_id('subscription_id', 'stripe') }} as subscription_id,
    status,
    currency,
    cast(subtotal_minor - included_tax_minor as bigint) as subtotal_minor,
    -- what coupons took off the whole invoice, before tax; an extract without these figures tells of none, and what
    -- the rounding of tax inside the lines explains is none
    case when taken_off_minor > taxed_lines then cast(taken_off_minor as bigint) else 0 end as discount_minor,
    status in ('open', 'paid', 'uncollectible') as is_issued,
    status = 'uncollectible' as is_written_off,
    is_live,
    due_at,
    synced_at
from invoices_net
