-- What is in force at the end of each month in a foreign currency, worth in the reporting currency then, and
-- how much more or less it is worth at the end of the next month: the revaluation booked there.
with

stock as (
    select * from {{ ref('int_mrr__partner_stock') }}
    where currency <> '{{ var("reporting_currency") }}'
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

valued as (
    select
        stock.customer_id,
        stock.partner_id,
        stock.product_id,
        stock.currency,
        stock.native_mrr,
        months.month_start,
        months.next_month_start,
        {{ times('stock.native_mrr', 'rates.rate') }} as closing_amount,
        {{ times('stock.native_mrr', 'next_rates.rate') }} as next_amount
    from stock
    inner join months on stock.from_date <= months.month_end and stock.to_date > months.month_end
    inner join rates on stock.currency = rates.currency and months.month_start = rates.month_start
    left join rates as next_rates
        on stock.currency = next_rates.currency and months.next_month_start = next_rates.month_start
)

select
    customer_id,
    partner_id,
    product_id,
    currency,
    sum(native_mrr) as native_mrr,
    sum(closing_amount) as closing_amount,
    sum(next_amount - closing_amount) as next_revaluation,
    month_start,
    next_month_start
from valued
group by customer_id, partner_id, product_id, currency, month_start, next_month_start
