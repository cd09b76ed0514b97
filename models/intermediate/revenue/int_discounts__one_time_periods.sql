-- The billing periods that a coupon for one invoice, or a discount of one invoice or line, covers: the regular lines of
-- the invoice that it was used on, each with its own period. Pieces shorter than a billing interval are no whole
-- period: used on these only, it covers none and does not lower MRR.
with

discounts as (
    select * from {{ ref('int_discounts__distinct') }}
    where is_one_time and '{{ var("one_time_discount_policy") }}' = 'whole_period'
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

invoices as (
    select * from {{ ref('input_invoices') }}
    where not is_issued
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

lines as (
    select
        lines.invoice_line_id,
        lines.invoice_id,
        lines.subscription_id,
        lines.subscription_item_id,
        subscriptions.billing_account_id,
        {{ local_date('lines.period_started_at') }} as from_date,
        {{ local_date('lines.period_ends_at') }} as to_date
    from {{ ref('input_invoice_lines') }} as lines
    left join invoices on lines.invoice_id = invoices.invoice_id
    left join prices on lines.price_id = prices.price_id
    left join subscriptions on lines.subscription_id = subscriptions.subscription_id
    where
        lines.is_regular
        and lines.is_live
        and lines.subscription_item_id is not null
        and invoices.invoice_id is null
        and coalesce(
            {{ dbt.datediff('lines.period_started_at', 'lines.period_ends_at', 'day') }}
            >= prices.interval_days - prices.interval_tolerance_days, true
        )
),

periods as (
    select
        discounts.discount_id,
        discounts.target,
        lines.*
    from discounts
    inner join lines on discounts.invoice_id = lines.invoice_id
    where
        (discounts.scope <> 'subscription_item' or discounts.subscription_item_id = lines.subscription_item_id)
        and (discounts.scope <> 'invoice_line' or discounts.invoice_line_id = lines.invoice_line_id)
    union all
    select
        discounts.discount_id,
        discounts.target,
        lines.*
    from discounts
    inner join lines on discounts.invoice_line_id = lines.invoice_line_id
    where discounts.invoice_id is null
    union all
    -- without a link to the invoice: the billing period that starts with the discount
    select
        discounts.discount_id,
        discounts.target,
        lines.*
    from discounts
    inner join lines
        on
            {{ local_date('discounts.started_at') }} = lines.from_date
            and (
                discounts.subscription_id = lines.subscription_id
                or discounts.subscription_item_id = lines.subscription_item_id
                or discounts.billing_account_id = lines.billing_account_id
            )
    where discounts.invoice_id is null
)

select distinct
    discount_id,
    target,
    subscription_item_id,
    from_date,
    to_date
from periods
