-- Every line of an issued invoice at what was billed for it, recurring or not: after coupons, less credit notes for a
-- wrong price, before tax, in the reporting currency at the month-end rate. Programs pay on it, so a coupon on the
-- whole invoice, which growth leaves out of account, is taken off the lines in proportion to them.
with

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_live
),

invoices as (
    select * from {{ ref('input_invoices') }}
),

prices as (
    select * from {{ ref('input_prices') }}
),

corrections as (
    select * from {{ ref('input_price_corrections') }}
),

-- which lines are no MRR, and what they are
other_lines as (
    select * from {{ ref('int_growth__invoiced_lines') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

billing_accounts as (
    select * from {{ ref('input_billing_accounts') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

issued as (
    select
        lines.invoice_line_id,
        lines.invoice_id,
        lines.price_id,
        lines.currency,
        lines.amount_minor,
        lines.period_started_at,
        lines.period_ends_at,
        invoices.billing_account_id,
        invoices.discount_minor,
        coalesce(lines.subscription_id, invoices.subscription_id) as subscription_id
    from lines
    left join invoices on lines.invoice_id = invoices.invoice_id
    where coalesce(invoices.is_issued, true) and coalesce(invoices.is_live, true)
),

-- what a coupon took off the invoice, spread over the lines that charge something
discount_parts as (
    select
        invoice_id,
        invoice_line_id,
        discount_minor,
        {{ portion('discount_minor', 'amount_minor', 'sum(amount_minor) over (partition by invoice_id)') }} as part,
        row_number() over (partition by invoice_id order by amount_minor desc, invoice_line_id asc) = 1 as takes_remainder
    from issued
    where discount_minor > 0 and amount_minor > 0
),

discounts as (
    select
        invoice_line_id,
        case
            when takes_remainder
                then discount_minor - sum(case when takes_remainder then 0 else part end) over (partition by invoice_id)
            else part
        end as discount_minor
    from discount_parts
),

billed as (
    select
        issued.*,
        prices.product_id,
        coalesce(other_lines.revenue_kind, 'recurring') as revenue_kind,
        {{ money(
            '(issued.amount_minor - coalesce(discounts.discount_minor, 0) - coalesce(corrections.corrected_amount_minor, 0))'
            ~ ' * currencies.minor_unit_value'
        ) }} as billed_amount,
        coalesce(
            other_lines.revenue_date, {{ local_date('coalesce(issued.period_started_at, issued.period_ends_at)') }}
        ) as billed_on
    from issued
    inner join currencies on issued.currency = currencies.currency_code
    left join prices on issued.price_id = prices.price_id
    left join discounts on issued.invoice_line_id = discounts.invoice_line_id
    left join corrections on issued.invoice_line_id = corrections.invoice_line_id
    left join other_lines on issued.invoice_line_id = other_lines.invoice_line_id
)

select
    billed.invoice_line_id,
    billed.invoice_id,
    billed.subscription_id,
    coalesce(
        subscriptions.customer_id, billing_accounts.crm_account_id, billing_accounts.billing_account_id
    ) as customer_id,
    coalesce(billed.product_id, 'none') as product_id,
    billed.revenue_kind,
    billed.currency,
    billed.billed_amount,
    {{ in_reporting_currency('billed.billed_amount', 'rates', type_money()) }} as amount,
    billed.billed_on,
    rates.month_start
from billed
inner join rates on billed.currency = rates.currency and {{ month_of('billed.billed_on') }} = rates.month_start
left join subscriptions on billed.subscription_id = subscriptions.subscription_id
left join billing_accounts on billed.billing_account_id = billing_accounts.billing_account_id
where billed.billed_amount <> 0
