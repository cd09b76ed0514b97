-- MRR in force at the end of a month on subscriptions whose payment is past due.
with

stock as (
    select * from {{ ref('int_mrr__partner_stock') }}
    where is_at_risk
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
)

select
    stock.partner_id,
    sum({{ times('stock.native_mrr', 'rates.rate') }}) as mrr_at_risk,
    months.month_start
from stock
inner join months on stock.from_date <= months.month_end and stock.to_date > months.month_end
inner join rates on stock.currency = rates.currency and months.month_start = rates.month_start
group by stock.partner_id, months.month_start
