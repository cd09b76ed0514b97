-- Guards the movement identity for every partner, customer and currency: the movements up to a month add up
-- to what is in force at its end, in native currency. Months without a movement or a flow cannot differ.
{{ config(meta={'dagster': {'ref': {'name': 'int_mrr__movements'}}}) }}
with

months as (
    select * from {{ ref('int_months') }}
),

movements as (
    select
        partner_id,
        customer_id,
        currency,
        month_start,
        native_amount as ledger_change,
        0 as stock_change
    from {{ ref('int_mrr__movements') }}
),

stock as (
    select * from {{ ref('int_mrr__partner_stock') }}
),

flows as (
    select
        partner_id,
        customer_id,
        currency,
        {{ month_of('from_date') }} as month_start,
        0 as ledger_change,
        native_mrr as stock_change
    from stock
    union all
    select
        partner_id,
        customer_id,
        currency,
        {{ month_of('to_date') }} as month_start,
        0 as ledger_change,
        -native_mrr as stock_change
    from stock
    where to_date < {{ open_end() }}
),

together as (
    select * from movements
    union all
    select flows.* from flows
    inner join months on flows.month_start = months.month_start
)

select
    partner_id,
    customer_id,
    currency,
    month_start,
    sum(ledger_change) as movements,
    sum(stock_change) as change_in_force
from together
group by partner_id, customer_id, currency, month_start
having sum(ledger_change) <> sum(stock_change)
