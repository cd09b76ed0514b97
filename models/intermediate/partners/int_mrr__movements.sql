-- Every movement of MRR as today's data tells it, a row a day, customer, partner, product, currency, movement
-- and reason. Amounts are signed; they are rounded here once, a row of the ledger, so that every total is the
-- sum of what one sees.
with

events as (
    select * from {{ ref('int_mrr__partner_events') }}
),

month_values as (
    select * from {{ ref('int_mrr__month_values') }}
),

movements as (
    select
        movement_date,
        customer_id,
        partner_id,
        product_id,
        currency,
        movement,
        reason,
        sum(native_after - native_before) as native_amount,
        sum(amount) as amount
    from events
    group by movement_date, customer_id, partner_id, product_id, currency, movement, reason
),

revaluations as (
    select
        {{ last_day_of_month('next_month_start') }} as movement_date,
        customer_id,
        partner_id,
        product_id,
        currency,
        'fx' as movement,
        'fx' as reason,
        cast(0 as decimal(28, 6)) as native_amount,
        next_revaluation as amount
    from month_values
    where next_revaluation <> 0
),

together as (
    select * from movements
    union all
    select * from revaluations
),

all_movements as (
    select
        movement_date,
        customer_id,
        partner_id,
        product_id,
        currency,
        movement,
        reason,
        sum(native_amount) as native_amount,
        sum(amount) as amount
    from together
    group by movement_date, customer_id, partner_id, product_id, currency, movement, reason
)
{%- if var('same_month_policy') == 'net' %}
    ,

    customer_months as (  -- noqa: ST03
        select
            customer_id,
            {{ month_of('movement_date') }} as month_start
        from movements
        group by customer_id, {{ month_of('movement_date') }}
        having
            sum(case when movement in ('new', 'reactivation') then 1 else 0 end) > 0
            and sum(case when movement = 'churn' then 1 else 0 end) > 0
            and sum(native_amount) = 0
    )
{%- endif %}

select
    customer_id,
    partner_id,
    product_id,
    currency,
    movement,
    reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('native_amount') }} as native_amount,
    {{ money('amount') }} as amount,
    movement = 'expansion' and reason not in ('escalator', 'discount_end', 'currency_change') as is_upsell,
    movement_date,
    cast(null as date) as corrected_month,
    {{ month_of('movement_date') }} as month_start
from all_movements
{%- if var('same_month_policy') == 'net' %}
    where
        movement = 'fx'
        or not exists (
            select 1 from customer_months
            where
                customer_months.customer_id = all_movements.customer_id
                and customer_months.month_start = {{ month_of('all_movements.movement_date') }}
        )
{%- endif %}
