-- Guards one-off revenue: every accepted line of a product that does not recur, on an invoice that was issued, is among
-- the lines; and the partners' parts of every line add up to what it is worth at the month-end rate.
{{ config(meta={'dagster': {'ref': {'name': 'int_growth__revenue_parts'}}}) }}
with

invoiced_lines as (
    select * from {{ ref('int_growth__invoiced_lines') }}
),

accepted as (
    select lines.invoice_line_id
    from {{ ref('input_invoice_lines') }} as lines
    inner join {{ ref('input_prices') }} as prices on lines.price_id = prices.price_id
    inner join {{ ref('input_products') }} as products on prices.product_id = products.product_id
    left join {{ ref('input_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    where
        not products.is_recurring
        and lines.is_live
        and coalesce(invoices.is_live, true)
        and coalesce(invoices.is_issued, true)
),

parts as (
    select
        invoice_line_id,
        sum(amount) as amount
    from {{ ref('int_growth__revenue_parts') }}
    group by invoice_line_id
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
)

select
    accepted.invoice_line_id,
    'not among the lines' as problem
from accepted
left join invoiced_lines on accepted.invoice_line_id = invoiced_lines.invoice_line_id
where invoiced_lines.invoice_line_id is null
union all
select
    invoiced_lines.invoice_line_id,
    'parts differ from the line' as problem
from invoiced_lines
inner join months on {{ month_of('invoiced_lines.revenue_date') }} = months.month_start
inner join rates on months.month_start = rates.month_start and invoiced_lines.currency = rates.currency
left join parts on invoiced_lines.invoice_line_id = parts.invoice_line_id
where coalesce(parts.amount, 0) <> {{ in_reporting_currency('invoiced_lines.amount', 'rates', type_money()) }}
