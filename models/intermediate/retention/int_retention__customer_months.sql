-- What each partner has with each customer at the end of each month, by currency.
with

stock as (
    select * from {{ ref('int_mrr__partner_stock') }}
),

months as (
    select * from {{ ref('int_months') }}
)

select
    stock.partner_id,
    stock.customer_id,
    stock.currency,
    sum(stock.native_mrr) as native_mrr,
    months.month_start
from stock
inner join months on stock.from_date <= months.month_end and stock.to_date > months.month_end
group by stock.partner_id, stock.customer_id, stock.currency, months.month_start
