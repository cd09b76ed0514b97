{{ config(schema='certified') }}
-- What was invoiced, line by line, so that MRR and what is paid on it can be followed to an invoice.
with

billed_lines as (
    select * from {{ ref('int_incentives__billed_lines') }}
),

lines as (
    select * from {{ ref('input_invoice_lines') }}
)

select
    billed_lines.invoice_line_id,
    billed_lines.invoice_id,
    billed_lines.customer_id,
    billed_lines.product_id,
    billed_lines.revenue_kind,
    billed_lines.currency,
    billed_lines.billed_amount,
    cast({{ local_date('coalesce(lines.period_started_at, lines.period_ends_at)') }} as date) as period_from,
    cast({{ local_date('coalesce(lines.period_ends_at, lines.period_started_at)') }} as date) as period_to,
    billed_lines.month_start
from billed_lines
inner join lines on billed_lines.invoice_line_id = lines.invoice_line_id
