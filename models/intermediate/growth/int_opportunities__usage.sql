-- How each customer uses a product that it has: a row a customer, product and month. Seats are those of the last day
-- that telemetry tells of; what was ever reached is known up to the month, not beyond.
with

months as (
    select * from {{ ref('int_months') }}
),

items as (
    select * from {{ ref('int_subscription_items__in_force') }}
),

item_months as (
    select
        subscription_item_id,
        {{ month_of('usage_date') }} as month_start,
        max_by(seats_bought, usage_date) as seats_bought,
        max_by(seats_used, usage_date) as seats_used,
        max(seats_used) as most_seats_used,
        sum(feature_events) as feature_events,
        min(usage_date) as first_day
    from {{ ref('input_product_usage') }}
    group by subscription_item_id, {{ month_of('usage_date') }}
),

in_force as (
    select
        items.customer_id,
        items.product_id,
        sum(item_months.seats_bought) as seats_bought,
        sum(item_months.seats_used) as seats_used,
        sum(item_months.most_seats_used) as most_seats_used,
        sum(item_months.feature_events) as feature_events,
        min(item_months.first_day) as first_day,
        months.month_end,
        months.month_start
    from item_months
    inner join months on item_months.month_start = months.month_start
    inner join items
        on
            item_months.subscription_item_id = items.subscription_item_id
            and months.month_end >= items.from_date
            and months.month_end < items.to_date
    group by items.customer_id, items.product_id, months.month_end, months.month_start
    having sum(item_months.seats_bought) > 0
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
