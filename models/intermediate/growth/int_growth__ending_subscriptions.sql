-- Subscriptions that at a month's end were known to end within a horizon.
with

scheduled_ends as (
    select * from {{ ref('int_growth__scheduled_ends') }}
),

months as (
    select * from {{ ref('int_months') }}
),

horizons as (
    select * from {{ ref('forward_horizons') }}
)

select
    scheduled_ends.subscription_id,
    horizons.horizon_months,
    scheduled_ends.ends_on,
    months.month_end,
    months.month_start
from scheduled_ends
inner join months
    on
        scheduled_ends.known_from <= months.month_end
        and scheduled_ends.known_to > months.month_end
        and scheduled_ends.ends_on > months.month_end
inner join horizons
    on
        scheduled_ends.ends_on
        <= {{ last_day_of_month(add_months('months.month_start', 'horizons.horizon_months')) }}
