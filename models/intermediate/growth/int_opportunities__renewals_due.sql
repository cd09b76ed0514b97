-- What ends soon at a customer, as it was known at the end of the month: paid terms of a year or longer that run out, and
-- subscriptions that are cancelled and still in force. The estimate: the part of the product's certified MRR that ends.
with

months as (
    select * from {{ ref('int_months') }}
),

rules as (
    select * from {{ ref('opportunity_rules') }}
    where kind = 'renewal_due'
),

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_live and is_regular
),

invoices as (
    select * from {{ ref('input_invoices') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
    where month_denominator >= 12 * month_numerator
),

scheduled_ends as (
    select * from {{ ref('int_growth__scheduled_ends') }}
),

stock as (
    select
        subscription_item_id,
        customer_id,
        product_id,
        currency,
        sum(native_mrr) as native_mrr,
        from_date,
        to_date
    from {{ ref('int_mrr__partner_stock') }}
    group by subscription_item_id, interval_number, customer_id, product_id, currency, from_date, to_date
),

items as (
    select distinct
        subscription_item_id,
        subscription_id
    from {{ ref('int_subscription_items__in_force') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

holdings as (
    select * from {{ ref('int_opportunities__holdings') }}
),

ends as (
    select
        lines.subscription_item_id,
        {{ local_date('lines.period_started_at') }} as known_from,
        {{ local_date('lines.period_ends_at') }} as known_to,
        {{ local_date('lines.period_ends_at') }} as ends_on,
        0 as is_cancelled
    from lines
    inner join prices on lines.price_id = prices.price_id
    left join invoices on lines.invoice_id = invoices.invoice_id
    where coalesce(invoices.is_issued, true) and coalesce(invoices.is_live, true)
    union all
    select
        items.subscription_item_id,
        scheduled_ends.known_from,
        scheduled_ends.known_to,
        scheduled_ends.ends_on,
        1 as is_cancelled
    from scheduled_ends
    inner join items on scheduled_ends.subscription_id = items.subscription_id
),

ending_items as (
    select
        ends.subscription_item_id,
        min(ends.ends_on) as ends_on,
        max(ends.is_cancelled) as is_cancelled,
        max(rules.threshold) as threshold,
        months.month_start
    from ends
    cross join rules
    inner join months
        on
            ends.known_from <= months.month_end
            and ends.known_to > months.month_end
            and ends.ends_on > months.month_end
            and {{ dbt.datediff('months.month_end', 'ends.ends_on', 'day') }} <= rules.threshold
    group by ends.subscription_item_id, months.month_start
),

valued as (
    select
        stock.customer_id,
        stock.product_id,
        max(ending_items.threshold) as threshold,
        min(ending_items.ends_on) as ends_on,
        max(ending_items.is_cancelled) as is_cancelled,
        sum({{ in_reporting_currency('stock.native_mrr', 'rates', type_money()) }}) as mrr,
        sum(case
            when ending_items.subscription_item_id is not null
                then {{ in_reporting_currency('stock.native_mrr', 'rates', type_money()) }}
            else 0
        end) as ending_mrr,
        months.month_end,
        months.month_start
    from stock
    inner join months on stock.from_date <= months.month_end and stock.to_date > months.month_end
    inner join rates on stock.currency = rates.currency and months.month_start = rates.month_start
    left join ending_items
        on
            stock.subscription_item_id = ending_items.subscription_item_id
            and months.month_start = ending_items.month_start
    group by stock.customer_id, stock.product_id, months.month_end, months.month_start
    having count(ending_items.subscription_item_id) > 0
)

select
    valued.customer_id,
    valued.product_id,
    true as is_of_product,
    case when valued.is_cancelled = 1 then 'It is cancelled and ends on ' else 'The paid term ends on ' end
    || cast(valued.ends_on as {{ dbt.type_string() }}) || ', '
    || {{ whole_text(dbt.datediff('valued.month_end', 'valued.ends_on', 'day')) }}
    || ' days after the end of the month' as evidence,
    {{ money(dbt.datediff('valued.month_end', 'valued.ends_on', 'day')) }} as measured_value,
    valued.threshold,
    {{ portion('holdings.mrr', 'valued.ending_mrr', 'valued.mrr', type_money()) }} as estimated_mrr,
    cast(null as {{ dbt.type_string() }}) as estimate_null_reason,
    valued.ends_on,
    valued.month_start
from valued
inner join holdings
    on
        valued.customer_id = holdings.customer_id
        and valued.product_id = holdings.product_id
        and valued.month_start = holdings.month_start
where valued.ending_mrr > 0
