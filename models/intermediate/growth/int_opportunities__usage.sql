-- How each customer uses a product that it has: a row a customer, product and month. Seats are those of the last day
-- that telemetry tells of; what was ever reached is known up to the month, not beyond.
with

item_months as (
    select * from {{ ref('int_usage__item_months') }}
),

in_force as (
    select
        customer_id,
        product_id,
        sum(seats_bought) as seats_bought,
        sum(seats_used) as seats_used,
        sum(most_seats_used) as most_seats_used,
        sum(feature_events) as feature_events,
        min(first_day) as first_day,
        month_end,
        month_start
    from item_months
    group by customer_id, product_id, month_end, month_start
    having sum(seats_bought) > 0
)

select
    customer_id,
    product_id,
    cast(seats_bought as bigint) as seats_bought,
    cast(seats_used as bigint) as seats_used,
    cast(max(most_seats_used) over so_far as bigint) as most_seats_ever,
    max({{ divided('most_seats_used', 'seats_bought') }}) over so_far as largest_share_ever,
    {{ divided('feature_events', 'seats_bought') }} as events_per_seat,
    min(first_day) over so_far as first_day,
    month_end,
    month_start
from in_force
window
    so_far as (
        partition by customer_id, product_id
        order by month_start
        rows between unbounded preceding and current row
    )
