-- What credit notes for a wrong price take off an invoice line. Other credit notes and refunds are cash.
with

credit_notes as (
    select * from {{ ref('stg_stripe__credit_note') }}
)

select
    {{ canonical_id('corrected_invoice_line_id', 'stripe') }} as invoice_line_id,
    sum(amount_minor) as corrected_amount_minor,
    max(synced_at) as synced_at
from credit_notes
where
    is_price_correction
    and corrected_invoice_line_id is not null
    and coalesce(status, 'issued') <> 'void'
    and voided_at is null
group by 1
