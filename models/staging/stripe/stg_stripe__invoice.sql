with

judged as (
    select * from {{ ref('base_stripe__invoice') }}
)

select
    id as invoice_id,
    source_relation,
    customer_id as billing_account_id,
    subscription_id,
    case when is_deleted then 'deleted' else status end as status,
    upper(currency) as currency,
    subtotal as subtotal_minor,
    cast(coalesce(tax, total - total_excluding_tax, {{ listed_taxes('total_taxes') }}) as bigint) as tax_minor,
    total as total_minor,
    subtotal_excluding_tax as subtotal_excluding_tax_minor,
    {{ included_taxes('total_taxes', 'amount') }} as listed_included_tax_minor,
    amount_remaining as remaining_minor,
    coalesce(livemode, true) as is_live,
    due_date as due_at,
    period_start as period_started_at,
    period_end as period_ends_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
