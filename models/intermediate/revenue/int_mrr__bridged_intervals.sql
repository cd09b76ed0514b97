-- MRR intervals with the gaps of linked items closed: the old value stands until the new one starts. Each
-- row names the row that it follows (`previous_item_id`, `previous_number`), if it follows one.
with

intervals as (
    select
        *,
        case when interval_number = 1 then subscription_item_id end as started_item_id,
        case when is_last then subscription_item_id end as ended_item_id
    from {{ ref('int_mrr__intervals') }}
),

links as (
    select * from {{ ref('int_mrr__links') }}
),

judged as (
    select
        intervals.*,
        predecessor.ended_item_id as predecessor_item_id,
        predecessor.ended_interval_number as predecessor_number,
        successor.started_date as successor_date,
        -- a late renewal or a recovered payment of the same item: a gap that a status made, and no pause
        coalesce(
            intervals.previous_to_date = intervals.from_date
            or (
                coalesce(intervals.previous_ended_by, 'pause') <> 'pause'
                and intervals.from_date <= {{ dbt.dateadd('day', var('link_days'), 'intervals.previous_to_date') }}
            ),
            false
        ) as follows_own,
        coalesce(
            coalesce(intervals.ended_by, 'pause') <> 'pause'
            and intervals.next_from_date <= {{ dbt.dateadd('day', var('link_days'), 'intervals.to_date') }},
            false
        ) as is_bridged_to_own
    from intervals
    left join links as predecessor on intervals.started_item_id = predecessor.started_item_id
    left join links as successor on intervals.ended_item_id = successor.ended_item_id
)

select
    subscription_item_id,
    interval_number,
    subscription_id,
    customer_id,
    product_id,
    price_id,
    currency,
    billing_interval,
    case when follows_own then subscription_item_id else predecessor_item_id end as previous_item_id,
    case when follows_own then interval_number - 1 else predecessor_number end as previous_number,
    evidence,
    ended_by,
    discount_key,
    numerator,
    denominator,
    quantity,
    gross_mrr,
    percent_off,
    amount_off,
    mrr,
    is_escalator,
    is_at_risk,
    is_resumed,
    is_trial_conversion,
    from_date,
    case
        when is_bridged_to_own then next_from_date
        else coalesce(successor_date, to_date)
    end as to_date
from judged
