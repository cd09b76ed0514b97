-- Items whose price and quantity, each within its contract, make an amount that no arithmetic of MRR holds: an
-- error of input. They are held back whole, before anything is computed of them.
with

events as (
    select * from {{ ref('int_subscription_items__rate_events') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

measured as (
    select
        events.subscription_item_id,
        events.subscription_id,
        events.currency,
        {{ interval_amount('events', 'prices') }} as interval_amount,
        -- an odd term may be a single day
        case when events.is_odd_length then 365 else prices.month_numerator end as numerator,
        case when events.is_odd_length then 12 else prices.month_denominator end as denominator
    from events
    inner join prices on events.price_id = prices.price_id
)

select
    subscription_item_id,
    min(subscription_id) as subscription_id,
    min(currency) as currency
from measured
where interval_amount * numerator > cast({{ largest_native_rate() }} as decimal(24, 0)) * denominator
group by subscription_item_id
