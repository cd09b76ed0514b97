-- What each partner has of each customer and product at the end of each month, in native currency and worth
-- in the reporting currency then. Months in which there is nothing have no row.
with

stock as (
    select * from {{ ref('int_mrr__partner_stock') }}
),

months as (
    select * from {{ ref('int_months') }}
),

month_values as (
    select * from {{ ref('int_mrr__month_values') }}
),

native_values as (
    select
        stock.customer_id,
        stock.partner_id,
        stock.product_id,
        stock.currency,
        months.month_start,
        sum(stock.native_mrr) as native_mrr
    from stock
    inner join months on stock.from_date <= months.month_end and stock.to_date > months.month_end
    group by stock.customer_id, stock.partner_id, stock.product_id, stock.currency, months.month_start
)

select
    native_values.customer_id,
    native_values.partner_id,
    native_values.product_id,
    native_values.currency,
    {{ money('native_values.native_mrr') }} as native_mrr,
    {{ money('coalesce(month_values.closing_amount, native_values.native_mrr)') }} as mrr,
    native_values.month_start
from native_values
left join month_values
    on
        native_values.customer_id = month_values.customer_id
        and native_values.partner_id = month_values.partner_id
        and native_values.product_id = month_values.product_id
        and native_values.currency = month_values.currency
        and native_values.month_start = month_values.month_start
