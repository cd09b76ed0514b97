-- What credit notes for a wrong price take off an invoice line. Other credit notes and refunds are cash.
with

credit_notes as (
    select * from {{ ref('stg_stripe__credit_note') }}
),

lines as (
    select * from {{ ref('input_invoice_lines') }}
),

corrections as (
    select
        {{ canonical_id('corrected_invoice_line_id', 'stripe') }} as source_line_id,
        {{ canonical_id('invoice_id', 'stripe') }} as invoice_id,
        amount_minor,
        is_amount_net,
        synced_at
    from credit_notes
    where
        is_price_correction
        and corrected_invoice_line_id is not null
        and coalesce(status, 'issued') <> 'void'
        and voided_at is null
),

named_lines as (
    select distinct
        source_line_id,
        invoice_id
    from corrections
),

-- where an id stands on several lines, the one on the credit note's invoice is meant
corrected_lines as (
    select
        named_lines.source_line_id,
        named_lines.invoice_id,
        min(lines.invoice_line_id) as invoice_line_id,
        min(lines.amount_minor) as net_minor,
        min(lines.amount_minor + lines.included_tax_minor) as gross_minor
    from named_lines
    inner join lines
        on
            named_lines.source_line_id = lines.source_line_id
            and (lines.invoice_line_id = lines.source_line_id or named_lines.invoice_id = lines.invoice_id)
    group by named_lines.source_line_id, named_lines.invoice_id
),

net as (
    select
        coalesce(corrected_lines.invoice_line_id, corrections.source_line_id) as invoice_line_id,
        case
            when
                corrections.is_amount_net or corrected_lines.net_minor is null
                or corrected_lines.net_minor = corrected_lines.gross_minor or corrected_lines.gross_minor <= 0
                then corrections.amount_minor
            else cast(round({{ portion('corrections.amount_minor', 'corrected_lines.net_minor', 'corrected_lines.gross_minor') }}, 0) as bigint)
        end as amount_minor,
        corrections.synced_at
    from corrections
    left join corrected_lines
        on
            corrections.source_line_id = corrected_lines.source_line_id
            and corrections.invoice_id = corrected_lines.invoice_id
)

select
    invoice_line_id,
    sum(amount_minor) as corrected_amount_minor,
    max(synced_at) as synced_at
from net
group by invoice_line_id
