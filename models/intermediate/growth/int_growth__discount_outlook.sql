-- What will be left at a horizon of the discounts on a subscription at the end of a month, when nothing but
-- time passes: only subscriptions on which a discount ends in between.
with

discounts as (
    select
        *,
        min(known_end_date) over (partition by subscription_id) as first_known_end_date
    from {{ ref('int_growth__known_discounts') }}
),

months as (
    select * from {{ ref('int_months') }}
),

horizons as (
    select * from {{ ref('forward_horizons') }}
),

in_force as (
    select
        discounts.subscription_id,
        discounts.percent_off,
        discounts.amount_off,
        discounts.amount_off_currency,
        discounts.is_own,
        horizons.horizon_months,
        discounts.known_end_date
        > {{ last_day_of_month(add_months('months.month_start', 'horizons.horizon_months')) }} as is_left,
        months.month_end,
        months.month_start
    from discounts
    inner join months on discounts.from_date <= months.month_end and discounts.to_date > months.month_end
    cross join horizons
    where discounts.first_known_end_date < {{ open_end() }}
),

-- a coupon of the subscription takes the place of one of the whole account, as long as it is there
ranked as (
    select
        *,
        max(case when is_left then is_own end) over (
            partition by subscription_id, month_start, horizon_months
        ) as will_have_own
    from in_force
)

select
    subscription_id,
    horizon_months,
    max(case when is_left and is_own = will_have_own then amount_off_currency end) as amount_off_currency,
    cast(least(coalesce(
        sum(case when is_left and is_own = will_have_own then percent_off else 0 end), 0
    ), 100) as decimal(9, 4)) as percent_off_left,
    coalesce(sum(case when is_left and is_own = will_have_own then amount_off else 0 end), 0) as amount_off_left,
    month_end,
    month_start
from ranked
group by subscription_id, horizon_months, month_end, month_start
having max(case when is_left then 0 else 1 end) = 1
