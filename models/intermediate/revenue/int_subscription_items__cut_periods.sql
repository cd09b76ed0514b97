-- Regular lines of a first or last period that is cut, and that cost their share of a full interval: with what the full
-- interval costs, by the next regular line of the same price and quantity or by the list. A term of an odd length that
-- costs no such share is none of them.
with

states as (
    select * from {{ ref('int_subscription_items__billed_states') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

followed as (
    select
        *,
        case
            when
                lead(evidence_rank) over (item_order) = 3
                and not lead(is_odd_length) over (item_order)
                and lead(price_id) over (item_order) = price_id
                and lead(currency) over (item_order) = currency
                and coalesce(lead(quantity) over (item_order), -1) = coalesce(quantity, -1)
                then lead(amount_minor) over (item_order)
        end as next_amount
    from states
    window item_order as (partition by subscription_item_id order by period_started_at)
),

placed as (
    select
        followed.*,
        prices.month_numerator,
        prices.month_denominator,
        case
            when prices.currency = followed.currency and not followed.is_tiered
                then {{ interval_price_minor('prices', 'coalesce(followed.quantity, 1)') }}
        end as list_amount,
        {{ plus_intervals('followed.period_started_at', 'prices', '1') }} as interval_ends_at,
        {{ plus_intervals('followed.period_ends_at', 'prices', '-1') }} as interval_started_at,
        {{ plus_intervals('followed.period_ends_at', 'prices', '-2') }} as earlier_interval_started_at
    from followed
    inner join prices on followed.price_id = prices.price_id
    where followed.evidence_rank = 3 and followed.amount_minor > 0 and prices.usage_type = 'licensed'
),

-- a period longer than an interval holds a whole one; what is left of it is the share of the one before
cut as (
    select
        *,
        case when period_started_at < interval_started_at then 1 else 0 end as whole_intervals,
        case when period_started_at < interval_started_at then interval_started_at else period_ends_at end as cut_ends_at,
        case
            when period_started_at < interval_started_at then earlier_interval_started_at else interval_started_at
        end as cut_interval_started_at
    from placed
    where
        {{ local_date('period_started_at') }} <> {{ local_date('interval_started_at') }}
        and {{ local_date('period_ends_at') }} <> {{ local_date('interval_ends_at') }}
),

explained as (
    select
        subscription_item_id,
        period_started_at,
        amount_minor,
        case
            when {{ is_cut_share('next_amount') }} then next_amount
            when {{ is_cut_share('list_amount') }} then list_amount
        end as full_amount_minor
    from cut
    where period_started_at > cut_interval_started_at
)

select
    subscription_item_id,
    cast(full_amount_minor as bigint) as full_amount_minor,
    period_started_at
from explained
where full_amount_minor is not null and full_amount_minor <> amount_minor
