-- What still stands of an ended item after each day on which a part of it goes: at its end what nothing takes up, and
-- on the day that a new item starts what that one takes up, or what is replaced in another currency.
with

intervals as (
    select * from {{ ref('int_mrr__intervals') }}
    where is_last
),

links as (
    select * from {{ ref('int_mrr__links') }}
),

currency_changes as (
    select * from {{ ref('int_mrr__currency_changes') }}
    where side = 'end'
),

parts as (
    select
        ended_item_id as subscription_item_id,
        started_date as point_date,
        amount,
        0 as lost
    from links
    union all
    select
        subscription_item_id,
        change_date as point_date,
        amount,
        amount as lost
    from currency_changes
),

kept as (
    select
        subscription_item_id,
        sum(amount) as amount
    from parts
    group by subscription_item_id
),

all_parts as (
    select * from parts
    union all
    select
        intervals.subscription_item_id,
        intervals.to_date as point_date,
        intervals.mrr - kept.amount as amount,
        intervals.mrr - kept.amount as lost
    from intervals
    inner join kept on intervals.subscription_item_id = kept.subscription_item_id
    where intervals.mrr > kept.amount
),

points as (
    select
        subscription_item_id,
        point_date,
        sum(amount) as amount,
        sum(lost) as lost
    from all_parts
    group by subscription_item_id, point_date
)

select
    points.subscription_item_id,
    intervals.interval_number,
    row_number() over (item_order) as point_number,
    points.point_date,
    lead(points.point_date) over (item_order) as next_point_date,
    cast(points.lost as decimal(18, 6)) as lost,
    cast(
        intervals.mrr - sum(points.amount) over (item_order rows between unbounded preceding and current row)
        as decimal(18, 6)
    ) as standing
from points
inner join intervals on points.subscription_item_id = intervals.subscription_item_id
window item_order as (partition by points.subscription_item_id order by points.point_date)
