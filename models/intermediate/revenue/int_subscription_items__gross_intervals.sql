-- The monthly rate of each item before discounts, as intervals [from_date, to_date), whatever the status.
with

events as (
    select * from {{ ref('int_subscription_items__rate_events') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

beyond_range as (
    select subscription_item_id from {{ ref('int_subscription_items__beyond_range') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

measured as (
    select
        events.*,
        prices.product_id,
        prices.interval_unit || ':' || prices.interval_count as billing_interval,
        prices.is_escalator,
        prices.month_numerator,
        prices.month_denominator,
        {{ interval_amount('events', 'prices') }} as interval_amount,
        {{ dbt.datediff('events.event_date', 'events.period_end_date', 'month') }} as months_touched
    from events
    cross join as_of
    left join prices on events.price_id = prices.price_id
    left join beyond_range on events.subscription_item_id = beyond_range.subscription_item_id
    where events.event_date <= as_of.as_of_date and beyond_range.subscription_item_id is null
),

-- a tiered price has no unit amount: until an invoice says what the new state costs, the old rate stands
intervals as (
    select
        *,
        coalesce(
            lead(event_date) over (partition by subscription_item_id order by event_date), {{ open_end() }}
        ) as to_date
    from measured
    where interval_amount is not null
),

-- an odd-length term is whole months plus a stub in days, 365/12 days to a month
termed as (
    select
        *,
        case
            when {{ add_months('event_date', 'months_touched') }} > period_end_date then months_touched - 1
            else months_touched
        end as whole_months
    from intervals
),

normalised as (
    select
        *,
        case when is_odd_length then 365 else month_numerator end as numerator,
        case
            when is_odd_length
                then
                    365 * whole_months
                    + 12 * {{ dbt.datediff(add_months('event_date', 'whole_months'), 'period_end_date', 'day') }}
            else month_denominator
        end as denominator
    from termed
)

select
    subscription_item_id,
    subscription_id,
    product_id,
    price_id,
    currency,
    billing_interval,
    evidence,
    numerator,
    denominator,
    coalesce(quantity, 0) as quantity,
    {{ scaled('interval_amount', 'numerator', 'denominator') }} as gross_mrr,
    is_escalator,
    event_date as from_date,
    to_date
from normalised
where interval_amount > 0 and denominator > 0
