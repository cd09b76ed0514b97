-- How each item that is in force at the end of a month was used in it. Seats are those of the last day that telemetry tells
-- of; of people who use it the busiest day counts, because a last day may be a Sunday.
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
        max(active_users) as active_users,
        sum(feature_events) as feature_events,
        min(usage_date) as first_day
    from {{ ref('input_product_usage') }}
    group by subscription_item_id, {{ month_of('usage_date') }}
)

select
    items.subscription_item_id,
    items.subscription_id,
    items.customer_id,
    items.product_id,
    item_months.seats_bought,
    item_months.seats_used,
    item_months.most_seats_used,
    item_months.active_users,
    item_months.feature_events,
    item_months.first_day,
    months.month_end,
    months.month_start
from item_months
inner join months on item_months.month_start = months.month_start
inner join items
    on
        item_months.subscription_item_id = items.subscription_item_id
        and months.month_end >= items.from_date
        and months.month_end < items.to_date
