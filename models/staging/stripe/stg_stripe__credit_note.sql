with

judged as (
    select * from {{ ref('base_stripe__credit_note') }}
)

select
    id as credit_note_id,
    source_relation,
    invoice_id,
    status,
    reason as credit_reason,
    upper(currency) as currency,
    coalesce({{ json_text('metadata', var('metadata_keys').correction) }} = 'price', false) as is_price_correction,
    {{ json_text('metadata', var('metadata_keys').corrected_line) }} as corrected_invoice_line_id,
    coalesce(subtotal_excluding_tax, subtotal, amount) as amount_minor,
    subtotal_excluding_tax is not null as is_amount_net,
    coalesce(livemode, true) as is_live,
    created as created_at,
    voided_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
