-- How much of what a customer bought is used in a month, and in the months before: a row a customer and month with usage.
with

-- a day of which one half is not told tells nothing
usage_days as (
    select * from {{ ref('input_product_usage') }}
    where seats_bought is not null and active_users is not null
),

items as (
    select
        subscription_item_id,
        customer_id,
        min(from_date) as first_date
    from {{ ref('int_subscription_items__in_force') }}
    group by subscription_item_id, customer_id
),

rule as (
    select window_months from {{ ref('health_components') }}
    where component_id = 'usage_trend'
),

-- by item first: most of the work is adding up days
item_months as (
    select
        subscription_item_id,
        {{ month_of('usage_date') }} as month_start,
        sum(seats_bought) as seat_days,
        sum(active_users) as active_days,
        count(distinct usage_date) as days
    from usage_days
    group by subscription_item_id, {{ month_of('usage_date') }}
),

customer_months as (
    select
        items.customer_id,
        item_months.month_start,
        cast(sum(item_months.seat_days) as bigint) as seat_days,
        cast(sum(item_months.active_days) as bigint) as active_days,
        cast(max(item_months.days) as bigint) as days
    from item_months
    -- a trial is no use of what is paid for, even if it was bought later
    inner join items
        on
            item_months.subscription_item_id = items.subscription_item_id
            and item_months.month_start >= {{ month_of('items.first_date') }}
    group by items.customer_id, item_months.month_start
),

earlier as (
    select
        customer_months.customer_id,
        customer_months.month_start,
        sum(earlier.active_days) as active_days,
        sum(earlier.days) as days,
        count(*) as months
    from customer_months
    cross join rule
    inner join customer_months as earlier
        on
            customer_months.customer_id = earlier.customer_id
            and customer_months.month_start > earlier.month_start
            and earlier.month_start >= {{ add_months('customer_months.month_start', '1 - rule.window_months') }}
    group by customer_months.customer_id, customer_months.month_start
)

select
    customer_months.customer_id,
    customer_months.seat_days,
    customer_months.active_days,
    customer_months.days,
    cast(earlier.active_days as bigint) as earlier_active_days,
    cast(earlier.days as bigint) as earlier_days,
    coalesce(earlier.months >= rule.window_months - 1, false) as is_history_whole,
    customer_months.month_start
from customer_months
cross join rule
left join earlier
    on customer_months.customer_id = earlier.customer_id and customer_months.month_start = earlier.month_start
