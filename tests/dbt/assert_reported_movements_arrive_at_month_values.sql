-- Guards exchange rates: the reported movements of a partner, customer and foreign currency, revaluations
-- included, add up to what its MRR is worth at the end of each month.
{{ config(meta={'dagster': {'ref': {'name': 'int_mrr__movements'}}}) }}
with

month_values as (
    select
        partner_id,
        customer_id,
        currency,
        month_start,
        sum(closing_amount) as closing_amount
    from {{ ref('int_mrr__month_values') }}
    group by partner_id, customer_id, currency, month_start
),

movements as (
    select
        partner_id,
        customer_id,
        currency,
        month_start,
        sum(amount) as amount
    from {{ ref('int_mrr__movements') }}
    where currency <> reporting_currency
    group by partner_id, customer_id, currency, month_start
),

together as (
    select
        coalesce(movements.partner_id, month_values.partner_id) as partner_id,
        coalesce(movements.customer_id, month_values.customer_id) as customer_id,
        coalesce(movements.currency, month_values.currency) as currency,
        coalesce(movements.month_start, month_values.month_start) as month_start,
        coalesce(movements.amount, 0) as amount,
        coalesce(month_values.closing_amount, 0) as closing_amount
    from movements
    full outer join month_values
        on
            movements.partner_id = month_values.partner_id
            and movements.customer_id = month_values.customer_id
            and movements.currency = month_values.currency
            and movements.month_start = month_values.month_start
),

running as (
    select
        *,
        sum(amount) over (partition by partner_id, customer_id, currency order by month_start) as running_amount
    from together
)

select
    partner_id,
    customer_id,
    currency,
    month_start,
    running_amount,
    closing_amount
from running
where running_amount <> closing_amount
