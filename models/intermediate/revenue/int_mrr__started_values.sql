-- What a started item takes up of ended ones, the one whose whole place it takes, and the day from which it counts.
with

links as (
    select * from {{ ref('int_mrr__links') }}
),

currency_changes as (
    select * from {{ ref('int_mrr__currency_changes') }}
    where side = 'start'
),

linked_starts as (
    select
        started_item_id as subscription_item_id,
        max(started_date) as started_date,
        sum(case when is_whole then 0 else amount end) as taken_up,
        max(case when is_whole then ended_item_id end) as predecessor_item_id,
        max(case when is_whole then ended_interval_number end) as predecessor_number,
        0 as is_currency_change
    from links
    group by started_item_id
    union all
    select
        subscription_item_id,
        change_date as started_date,
        0 as taken_up,
        cast(null as {{ dbt.type_string() }}) as predecessor_item_id,
        cast(null as bigint) as predecessor_number,
        1 as is_currency_change
    from currency_changes
)

select
    subscription_item_id,
    max(started_date) as started_date,
    cast(sum(taken_up) as decimal(18, 6)) as taken_up,
    max(predecessor_item_id) as predecessor_item_id,
    max(predecessor_number) as predecessor_number,
    max(is_currency_change) = 1 as is_currency_change
from linked_starts
group by subscription_item_id
