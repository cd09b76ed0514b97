-- The dated changes of each item's rate: what invoices say, then the current item where it differs, then
-- the end of items that have left a living subscription.
with

billed as (
    select * from {{ ref('int_subscription_items__billed_rates') }}
),

items as (
    select * from {{ ref('input_subscription_items') }}
),

current_states as (
    select * from {{ ref('int_subscription_items__current_state') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

billed_events as (
    select
        billed.subscription_item_id,
        billed.subscription_id,
        billed.price_id,
        billed.currency,
        billed.minor_unit_value,
        case when billed.evidence_rank = 1 then 'removed_with_credit' else 'invoice_line' end as evidence,
        billed.quantity,
        -- a trial line is not what the item costs: the price is
        case
            when not coalesce(billed.period_started_at < subscriptions.trial_ends_at, false) then billed.regular_amount_minor
        end as billed_amount_minor,
        billed.is_odd_length,
        {{ local_date('billed.period_started_at') }} as event_date,
        {{ local_date('billed.period_ends_at') }} as period_end_date,
        billed.period_started_at as occurred_at,
        billed.evidence_rank as precedence
    from billed
    inner join subscriptions on billed.subscription_id = subscriptions.subscription_id
),

-- an item that was added without a charge for the days until its first full period counts from its first day, as it did
-- before that period was invoiced
unbilled_first_days as (
    select
        billed_events.subscription_item_id,
        billed_events.subscription_id,
        billed_events.price_id,
        billed_events.currency,
        billed_events.minor_unit_value,
        billed_events.evidence,
        billed_events.quantity,
        billed_events.billed_amount_minor,
        billed_events.is_odd_length,
        {{ local_date('items.created_at') }} as event_date,
        billed_events.event_date as period_end_date,
        items.created_at as occurred_at,
        billed_events.precedence
    from billed_events
    inner join items on billed_events.subscription_item_id = items.subscription_item_id
    inner join subscriptions on billed_events.subscription_id = subscriptions.subscription_id
    inner join prices on billed_events.price_id = prices.price_id
    where
        billed_events.precedence = 3
        and billed_events.billed_amount_minor > 0
        and not billed_events.is_odd_length
        and items.created_at < billed_events.occurred_at
        and items.created_at >= {{ plus_intervals('billed_events.occurred_at', 'prices', '-1') }}
        and not coalesce(items.created_at < subscriptions.trial_ends_at, false)
        and not exists (
            select 1 from billed_events as earlier
            where
                earlier.subscription_item_id = billed_events.subscription_item_id
                and earlier.occurred_at < billed_events.occurred_at
        )
),

all_events as (
    select * from billed_events
    union all
    select * from unbilled_first_days
    union all
    select
        subscription_item_id,
        subscription_id,
        price_id,
        currency,
        minor_unit_value,
        case when is_invoiced then 'current_item' else 'never_invoiced' end as evidence,
        quantity,
        scaled_amount_minor as billed_amount_minor,
        false as is_odd_length,
        {{ local_date('occurred_at') }} as event_date,
        cast(null as date) as period_end_date,
        occurred_at,
        4 as precedence
    from current_states
    union all
    select
        billed.subscription_item_id,
        billed.subscription_id,
        cast(null as {{ dbt.type_string() }}) as price_id,
        billed.currency,
        billed.minor_unit_value,
        'removed_without_credit' as evidence,
        cast(0 as bigint) as quantity,
        cast(null as bigint) as billed_amount_minor,
        false as is_odd_length,
        {{ local_date('billed.period_ends_at') }} as event_date,
        cast(null as date) as period_end_date,
        billed.period_ends_at as occurred_at,
        5 as precedence
    from billed
    left join items on billed.subscription_item_id = items.subscription_item_id
    where billed.is_latest and billed.evidence_rank > 1 and items.subscription_item_id is null
),

ranked as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, event_date order by occurred_at desc, precedence desc
        ) as recency
    from all_events
)

select
    subscription_item_id,
    subscription_id,
    price_id,
    currency,
    minor_unit_value,
    evidence,
    quantity,
    billed_amount_minor,
    is_odd_length,
    event_date,
    period_end_date
from ranked
where recency = 1
