-- The dated changes of each item's rate: what invoices say, then the current item where it differs, then
-- the end of items that have left a living subscription.
with

billed as (
    select * from {{ ref('int_subscription_items__billed_rates') }}
),

items as (
    select * from {{ ref('input_subscription_items') }}
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
        case when billed.evidence_rank = 1 then 'removed_with_credit' else 'invoice_line' end as evidence,
        billed.quantity,
        -- a trial line is not what the item costs: the price is
        case
            when billed.evidence_rank = 3 and not coalesce(billed.period_started_at < subscriptions.trial_ends_at, false)
                then billed.regular_amount_minor
        end as billed_amount_minor,
        billed.is_odd_length,
        {{ local_date('billed.period_started_at') }} as event_date,
        {{ local_date('billed.period_ends_at') }} as period_end_date,
        billed.period_started_at as occurred_at,
        billed.evidence_rank as precedence
    from billed
    inner join subscriptions on billed.subscription_id = subscriptions.subscription_id
),

latest_billed as (
    select * from billed
    where is_latest
),

current_events as (
    select
        items.subscription_item_id,
        items.subscription_id,
        items.price_id,
        case when latest_billed.subscription_item_id is null then 'never_invoiced' else 'current_item' end as evidence,
        items.quantity,
        cast(null as bigint) as billed_amount_minor,
        false as is_odd_length,
        {{ local_date(
            'case when latest_billed.subscription_item_id is null then coalesce(items.created_at, subscriptions.started_at) else items.synced_at end'
        ) }} as event_date,
        cast(null as date) as period_end_date,
        items.synced_at as occurred_at,
        4 as precedence
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    inner join prices on items.price_id = prices.price_id
    left join latest_billed on items.subscription_item_id = latest_billed.subscription_item_id
    where
        latest_billed.subscription_item_id is null
        or (
            subscriptions.status not in ('canceled', 'incomplete_expired')
            and (
                latest_billed.evidence_rank = 1
                or latest_billed.price_id <> items.price_id
                or (prices.usage_type = 'licensed' and latest_billed.quantity <> items.quantity)
            )
        )
),

removed_events as (
    select
        latest_billed.subscription_item_id,
        latest_billed.subscription_id,
        cast(null as {{ dbt.type_string() }}) as price_id,
        'removed_without_credit' as evidence,
        cast(0 as bigint) as quantity,
        cast(null as bigint) as billed_amount_minor,
        false as is_odd_length,
        {{ local_date('latest_billed.period_ends_at') }} as event_date,
        cast(null as date) as period_end_date,
        latest_billed.period_ends_at as occurred_at,
        5 as precedence
    from latest_billed
    left join items on latest_billed.subscription_item_id = items.subscription_item_id
    where items.subscription_item_id is null and latest_billed.evidence_rank > 1
),

all_events as (
    select * from billed_events
    union all
    select * from current_events
    union all
    select * from removed_events
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
    evidence,
    quantity,
    billed_amount_minor,
    is_odd_length,
    event_date,
    period_end_date
from ranked
where recency = 1
