-- The regular invoice line that covers the end of each of the last months, a row an item and month: what
-- MRR is reconciled with.
with

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_regular and is_live
),

months as (
    select * from {{ ref('int_months') }}
    where is_reconciled
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
    where usage_type = 'licensed'
),

not_issued as (
    select invoice_id from {{ ref('input_invoices') }}
    where not is_issued
),

-- the tiers of a price stand on several lines of one invoice
invoiced as (
    select
        lines.subscription_item_id,
        lines.subscription_id,
        lines.price_id,
        lines.period_started_at,
        lines.invoice_id,
        months.month_start,
        sum(lines.amount_minor) as amount_minor
    from lines
    inner join months
        on
            lines.period_started_at < cast(months.next_month_start as timestamp)
            and lines.period_ends_at >= cast(months.next_month_start as timestamp)
    left join not_issued on lines.invoice_id = not_issued.invoice_id
    where not_issued.invoice_id is null
    group by
        lines.subscription_item_id, lines.subscription_id, lines.price_id, lines.period_started_at,
        lines.invoice_id, months.month_start
),

ranked_lines as (
    select
        invoiced.*,
        prices.currency,
        prices.minor_unit_value,
        prices.month_numerator,
        prices.month_denominator,
        row_number() over (
            partition by invoiced.subscription_item_id, invoiced.month_start
            order by invoiced.period_started_at desc, invoiced.invoice_id asc
        ) as recency
    from invoiced
    inner join prices on invoiced.price_id = prices.price_id
)

select
    subscription_item_id,
    subscription_id,
    price_id,
    currency,
    month_numerator,
    month_denominator,
    minor_unit_value,
    amount_minor,
    month_start
from ranked_lines
where recency = 1
