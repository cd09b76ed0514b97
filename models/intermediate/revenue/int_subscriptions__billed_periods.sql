-- Periods that issued invoices bill service for, of the subscriptions whose status is in doubt only.
with

doubted as (
    select distinct subscription_id from {{ ref('int_subscriptions__doubted_statuses') }}
),

lines as (
    select * from {{ ref('input_invoice_lines') }}
),

invoices as (
    select * from {{ ref('input_invoices') }}
    where is_live
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

corrections as (
    select * from {{ ref('input_price_corrections') }}
),

billed as (
    select
        doubted.subscription_id,
        lines.period_started_at,
        max(lines.period_ends_at) as period_ends_at,
        max(case when invoices.is_issued then 1 else 0 end) = 1 as is_issued,
        max(case when invoices.is_issued and not invoices.is_written_off then 1 else 0 end) = 1 as is_owed,
        max(case when invoices.status = 'paid' then 1 else 0 end) = 1 as is_paid
    from lines
    inner join invoices on lines.invoice_id = invoices.invoice_id
    inner join doubted
        on coalesce(lines.subscription_id, invoices.subscription_id) = doubted.subscription_id
    left join prices on lines.price_id = prices.price_id
    left join corrections on lines.invoice_line_id = corrections.invoice_line_id
    where
        lines.is_regular
        and lines.is_live
        and lines.amount_minor - coalesce(corrections.corrected_amount_minor, 0) > 0
        -- usage is billed after its period and says nothing of the next; a line that names no price bills service
        and (
            lines.price_id is null
            or (prices.price_id is not null and coalesce(prices.usage_type, 'licensed') <> 'metered')
        )
    group by doubted.subscription_id, lines.period_started_at
)

select
    subscription_id,
    is_issued,
    is_owed,
    is_paid,
    period_started_at,
    period_ends_at,
    lead(period_started_at) over (
        partition by subscription_id order by period_started_at
    ) as next_started_at
from billed
where is_issued
