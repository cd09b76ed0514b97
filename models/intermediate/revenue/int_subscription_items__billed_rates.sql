-- What invoices say an item ran at, a row a change: regular lines tell what an interval costs, lines of a mid-cycle
-- change tell the new quantity and price. States that repeat the one before are left out, so that cost from here on
-- grows with changes.
with

states as (
    select * from {{ ref('int_subscription_items__billed_states') }}
),

cut_periods as (
    select * from {{ ref('int_subscription_items__cut_periods') }}
),

mid_cycle_amounts as (
    select * from {{ ref('int_subscription_items__mid_cycle_amounts') }}
),

valued as (
    select
        states.*,
        coalesce(
            cut_periods.full_amount_minor,
            mid_cycle_amounts.full_amount_minor,
            case when states.evidence_rank = 3 then states.amount_minor end
        ) as interval_amount_minor,
        states.is_odd_length and cut_periods.full_amount_minor is null as is_odd_term
    from states
    left join cut_periods
        on
            states.subscription_item_id = cut_periods.subscription_item_id
            and states.period_started_at = cut_periods.period_started_at
    left join mid_cycle_amounts
        on
            states.subscription_item_id = mid_cycle_amounts.subscription_item_id
            and states.period_started_at = mid_cycle_amounts.period_started_at
),

compared as (
    select
        *,
        lead(period_started_at) over (item_order) is null as is_latest,
        not is_odd_term
        and not lag(is_odd_term) over (item_order)
        and evidence_rank = 3
        and lag(evidence_rank) over (item_order) = 3
        and lag(price_id) over (item_order) = price_id
        and lag(currency) over (item_order) = currency
        and coalesce(lag(quantity) over (item_order), -1) = coalesce(quantity, -1)
        and lag(interval_amount_minor) over (item_order) = interval_amount_minor as is_repeated
    from valued
    window item_order as (partition by subscription_item_id order by period_started_at)
)

select
    subscription_item_id,
    subscription_id,
    price_id,
    currency,
    minor_unit_value,
    evidence_rank,
    quantity,
    interval_amount_minor as regular_amount_minor,
    is_odd_term as is_odd_length,
    is_latest,
    period_started_at,
    period_ends_at
from compared
where is_latest or not coalesce(is_repeated, false)
