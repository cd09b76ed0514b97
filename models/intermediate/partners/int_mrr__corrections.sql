-- What today's data says differently of closed months, less what was corrected before: posted in the first
-- open month, a row for each closed month concerned. So the open month starts from what was certified and still
-- arrives at what is in force.
with

movements as (
    select * from {{ ref('int_mrr__movements') }}
),

closed_movements as (
    select * from {{ source('closed_months', 'customer_mrr_movements') }}
),

closing_state as (
    select * from {{ ref('int_closing_state') }}
),

months as (
    select * from {{ ref('int_months') }}
),

causes as (
    select * from {{ ref('int_mrr__correction_causes') }}
),

both_views as (
    select
        movements.customer_id,
        movements.partner_id,
        movements.product_id,
        movements.currency,
        movements.month_start as corrected_month,
        movements.native_amount,
        movements.amount
    from movements
    cross join closing_state
    where movements.month_start <= closing_state.last_closed_month
    union all
    select
        customer_id,
        partner_id,
        product_id,
        currency,
        coalesce(corrected_month, month_start) as corrected_month,
        -native_amount as native_amount,
        -amount as amount
    from closed_movements
),

differences as (
    select
        customer_id,
        partner_id,
        product_id,
        currency,
        corrected_month,
        sum(native_amount) as native_amount,
        sum(amount) as amount
    from both_views
    group by customer_id, partner_id, product_id, currency, corrected_month
    having sum(native_amount) <> 0 or sum(amount) <> 0
)

select
    differences.customer_id,
    differences.partner_id,
    differences.product_id,
    differences.currency,
    coalesce(causes.reason, 'source_fix') as reason,
    {{ money('differences.native_amount') }} as native_amount,
    {{ money('differences.amount') }} as amount,
    differences.corrected_month,
    months.month_start
from differences
cross join closing_state
inner join months on closing_state.first_open_month = months.month_start
left join causes on differences.customer_id = causes.customer_id
