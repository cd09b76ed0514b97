-- MRR of each item as intervals [from_date, to_date), numbered in order, with the gap to the one before.
with

discounted as (
    select * from {{ ref('int_subscription_items__discounted') }}
),

rejected as (
    select * from {{ ref('int_subscription_items__rejected') }}
),

kept as (
    select discounted.*
    from discounted
    left join rejected on discounted.subscription_item_id = rejected.subscription_item_id
    where
        rejected.subscription_item_id is null
        and discounted.mrr > 0
        and discounted.from_date < discounted.to_date
)

select
    *,
    row_number() over (item_order) as interval_number,
    lead(subscription_item_id) over (item_order) is null as is_last,
    lag(to_date) over (item_order) as previous_to_date,
    lag(ended_by) over (item_order) as previous_ended_by,
    lag(currency) over (item_order) as previous_currency,
    lead(from_date) over (item_order) as next_from_date,
    lead(currency) over (item_order) as next_currency
from kept
window item_order as (partition by subscription_item_id order by from_date)
