-- Invoice lines that are no MRR: hardware, set-up, one-off services, what is passed on at cost, and metered usage
-- beyond the committed minimum (which is MRR). Before tax and before coupons of the whole invoice, less credit
-- notes for a wrong price; refunds and goodwill are cash and change nothing.
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

products as (
    select * from {{ ref('input_products') }}
),

corrections as (
    select * from {{ ref('input_price_corrections') }}
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

judged as (
    select
        lines.*,
        lines.amount_minor - coalesce(corrections.corrected_amount_minor, 0) as net_amount_minor,
        coalesce(prices.committed_minimum_minor, 0) as committed_minimum_minor,
        coalesce(invoices.subscription_id, lines.subscription_id) as invoice_subscription_id,
        invoices.billing_account_id,
        case
            when products.revenue_type = 'one_off' then 'services'
            when products.revenue_type <> 'recurring' then products.revenue_type
            when prices.usage_type = 'metered' then 'usage'
            -- of no product, or sold once though the product recurs
            when
                lines.subscription_item_id is null and not lines.is_proration
                and coalesce(prices.price_type, case when lines.is_regular then 'recurring' else 'one_time' end) = 'one_time'
                then 'other'
        end as revenue_kind
    from lines
    left join prices on lines.price_id = prices.price_id
    left join products on prices.product_id = products.product_id
    left join invoices on lines.invoice_id = invoices.invoice_id
    left join corrections on lines.invoice_line_id = corrections.invoice_line_id
    where coalesce(invoices.is_issued, true) and coalesce(invoices.is_live, true)
),

-- the tiers of a metered price stand on several lines; the minimum is committed once
counted as (
    select
        *,
        sum(net_amount_minor) over (usage_period) as usage_minor,
        row_number() over (usage_period order by invoice_line_id) as line_number
    from judged
    where revenue_kind is not null
    window usage_period as (partition by invoice_id, subscription_item_id, period_started_at, revenue_kind)
)

select
    counted.invoice_line_id,
    coalesce(counted.subscription_id, counted.invoice_subscription_id) as subscription_id,
    coalesce(
        subscriptions.customer_id, billing_accounts.crm_account_id, billing_accounts.billing_account_id
    ) as customer_id,
    counted.revenue_kind,
    counted.currency,
    {{ money(
        "case "
        ~ "when counted.revenue_kind <> 'usage' then counted.net_amount_minor "
        ~ "when counted.line_number = 1 then greatest(counted.usage_minor - counted.committed_minimum_minor, 0) "
        ~ "else 0 end * currencies.minor_unit_value"
    ) }} as amount,
    -- usage is invoiced when its period is over, everything else when it begins
    case
        when counted.revenue_kind = 'usage' then {{ local_date('counted.period_ends_at') }}
        else {{ local_date('coalesce(counted.period_started_at, counted.period_ends_at)') }}
    end as revenue_date
from counted
inner join currencies on counted.currency = currencies.currency_code
left join subscriptions
    on coalesce(counted.subscription_id, counted.invoice_subscription_id) = subscriptions.subscription_id
left join billing_accounts on counted.billing_account_id = billing_accounts.billing_account_id
