-- The discounts on each item in the order in which they apply, a row a coupon and interval [from_date, to_date). All
-- items of a subscription are cut at the same days, because an amount off an invoice is spread over them.
with

periods as (
    select * from {{ ref('int_discounts__item_periods') }}
    where from_date < to_date
),

boundaries as (
    select
        subscription_id,
        from_date as boundary_date
    from periods
    union
    select
        subscription_id,
        to_date
    from periods
),

slices as (
    select
        subscription_id,
        boundary_date,
        lead(boundary_date) over (partition by subscription_id order by boundary_date) as next_boundary_date
    from boundaries
),

in_force as (
    select
        periods.subscription_id,
        periods.subscription_item_id,
        periods.discount_id,
        periods.target,
        periods.coupon_id,
        periods.scope,
        periods.percent_off,
        periods.amount_off,
        periods.started_date,
        slices.boundary_date as from_date,
        slices.next_boundary_date as to_date
    from slices
    inner join periods
        on
            slices.subscription_id = periods.subscription_id
            and slices.boundary_date >= periods.from_date
            and slices.boundary_date < periods.to_date
),

ordered as (
    {{ ordered_discounts('in_force', ['from_date', 'to_date']) }}
)

select
    subscription_id,
    subscription_item_id,
    coupon_id,
    is_of_item,
    place,
    percent_off,
    amount_off,
    level_factor,
    after_factor,
    whole_factor,
    from_date,
    to_date
from ordered
