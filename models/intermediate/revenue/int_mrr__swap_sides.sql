-- What can be a side of a swap: items that ended, but for a pause, and items that started, gathered in lots of one
-- product, day and set of partners. Each item lies on the line of its lot's value, from which matches are cut.
with

intervals as (
    select * from {{ ref('int_mrr__intervals') }}
),

share_sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

spans as (
    select
        subscription_item_id,
        min(from_date) as first_date,
        min(case when coalesce(next_from_date > to_date, true) then to_date end) as served_until
    from intervals
    group by subscription_item_id
),

-- `bound_date` says how far an overlap reaches: the first day of an old item, the last of a new one
ends as (
    select
        intervals.*,
        intervals.to_date as swap_date,
        coalesce(share_sets.share_set_id, 'direct') as share_set_id,
        case
            when spans.first_date >= {{ dbt.dateadd('day', '-' ~ var('link_days'), 'intervals.to_date') }}
                then spans.first_date
        end as bound_date
    from intervals
    inner join spans on intervals.subscription_item_id = spans.subscription_item_id
    left join share_sets
        on
            intervals.subscription_id = share_sets.subscription_id
            and intervals.to_date > share_sets.from_date
            and intervals.to_date <= share_sets.to_date
    where
        intervals.is_last
        and intervals.to_date < {{ open_end() }}
        and coalesce(intervals.ended_by, '') <> 'pause'
),

starts as (
    select
        intervals.*,
        intervals.from_date as swap_date,
        coalesce(share_sets.share_set_id, 'direct') as share_set_id,
        case
            when spans.served_until <= {{ dbt.dateadd('day', var('link_days'), 'intervals.from_date') }}
                then spans.served_until
        end as bound_date
    from intervals
    inner join spans on intervals.subscription_item_id = spans.subscription_item_id
    left join share_sets
        on
            intervals.subscription_id = share_sets.subscription_id
            and intervals.from_date >= share_sets.from_date
            and intervals.from_date < share_sets.to_date
    where intervals.interval_number = 1
),

overlapping_starts as (
    select
        starts.subscription_item_id,
        max(ends.swap_date) as overlaps_until
    from starts
    inner join ends
        on
            starts.customer_id = ends.customer_id
            and starts.currency = ends.currency
            and starts.product_id = ends.product_id
            and starts.swap_date < ends.swap_date
            and {{ dbt.dateadd('day', var('link_days'), 'starts.swap_date') }} >= ends.swap_date
    where
        coalesce(ends.bound_date < starts.swap_date, true)
        and coalesce(starts.bound_date > ends.swap_date, true)
    group by starts.subscription_item_id
),

-- what can be taken up at the end of an overlap is what the new item has then
least_values as (
    select
        overlapping_starts.subscription_item_id,
        min(intervals.mrr) as mrr
    from overlapping_starts
    inner join intervals
        on
            overlapping_starts.subscription_item_id = intervals.subscription_item_id
            and overlapping_starts.overlaps_until >= intervals.from_date
    group by overlapping_starts.subscription_item_id
),

sides as (
    select
        'end' as side,
        customer_id,
        currency,
        product_id,
        swap_date,
        bound_date,
        share_set_id,
        subscription_item_id,
        interval_number,
        billing_interval,
        price_id,
        mrr
    from ends
    union all
    select
        'start' as side,
        starts.customer_id,
        starts.currency,
        starts.product_id,
        starts.swap_date,
        starts.bound_date,
        starts.share_set_id,
        starts.subscription_item_id,
        starts.interval_number,
        starts.billing_interval,
        starts.price_id,
        coalesce(least_values.mrr, starts.mrr) as mrr
    from starts
    left join least_values on starts.subscription_item_id = least_values.subscription_item_id
)

select
    side,
    customer_id,
    currency,
    product_id,
    swap_date,
    bound_date,
    share_set_id,
    subscription_item_id,
    interval_number,
    mrr,
    dense_rank() over (
        partition by customer_id, currency, side order by swap_date, product_id, bound_date, share_set_id
    ) as lot_number,
    row_number() over lot_order as place,
    cast(sum(mrr) over (lot_order rows between unbounded preceding and current row) as decimal(28, 6)) as to_value
from sides
window
    lot_order as (
        partition by customer_id, currency, side, swap_date, product_id, bound_date, share_set_id
        order by mrr desc, billing_interval asc, price_id asc, subscription_item_id asc
    )
