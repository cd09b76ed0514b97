-- What will be left at a horizon of the discounts on items at the end of a month, when nothing but time passes: only
-- subscriptions on which a discount ends in between, a row an item and coupon that is left. An item without any has one
-- row without coupon. A coupon for some months, or for one invoice, names its end when it is given; a coupon without an
-- end names none, though somebody may take it off one day.
with

discounts as (
    select
        *,
        min(known_end_date) over (partition by subscription_id) as first_known_end_date
    from {{ ref('int_discounts__item_periods') }}
),

months as (
    select * from {{ ref('int_months') }}
),

horizons as (
    select * from {{ ref('forward_horizons') }}
),

in_force as (
    select
        discounts.*,
        horizons.horizon_months,
        discounts.known_end_date
        > {{ last_day_of_month(add_months('months.month_start', 'horizons.horizon_months')) }} as is_left,
        months.month_end,
        months.month_start
    from discounts
    inner join months
        on
            discounts.from_date <= months.month_end
            and discounts.to_date > months.month_end
            and discounts.known_end_date > months.month_end
    cross join horizons
    where discounts.first_known_end_date < {{ open_end() }}
),

changing as (
    select
        subscription_id,
        horizon_months,
        month_end,
        month_start
    from in_force
    where not is_left
    group by subscription_id, horizon_months, month_end, month_start
),

left_over as (
    select in_force.* from in_force
    where
        in_force.is_left
        and exists (
            select 1 from changing
            where
                changing.subscription_id = in_force.subscription_id
                and changing.horizon_months = in_force.horizon_months
                and changing.month_start = in_force.month_start
        )
),

ordered as (
    {{ ordered_discounts('left_over', ['month_start', 'horizon_months']) }}
)

select
    subscription_id,
    subscription_item_id,
    horizon_months,
    coupon_id,
    is_of_item,
    amount_off,
    level_factor,
    after_factor,
    whole_factor,
    month_end,
    month_start
from ordered
union all
select
    subscription_id,
    cast(null as {{ dbt.type_string() }}) as subscription_item_id,
    horizon_months,
    cast(null as {{ dbt.type_string() }}) as coupon_id,
    0 as is_of_item,
    0 as amount_off,
    1 as level_factor,
    1 as after_factor,
    1 as whole_factor,
    month_end,
    month_start
from changing
