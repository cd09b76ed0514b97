-- Items that end in one currency and items that start in another: amounts that cannot be set against each other. What
-- matching within the currency left over of an end goes with the first starts after it, or with the items of its
-- product that began before it ended; the old value stands until then. A renewal's difference is none of them.
with

sides as (
    select * from {{ ref('int_mrr__swap_sides') }}
),

matches as (
    select
        *,
        count(*) over (partition by ended_item_id) as starts_of_the_end,
        count(*) over (partition by started_item_id) as ends_of_the_start
    from {{ ref('int_mrr__swap_matches') }}
),

matched_items as (
    select
        'end' as side,
        ended_item_id as subscription_item_id,
        sum(amount) as amount,
        max(case when is_same_product and starts_of_the_end = 1 and ends_of_the_start = 1 then 1 else 0 end) as is_renewal,
        cast(null as date) as started_date
    from matches
    group by ended_item_id
    union all
    select
        'start' as side,
        started_item_id as subscription_item_id,
        sum(amount) as amount,
        max(case when is_same_product and starts_of_the_end = 1 and ends_of_the_start = 1 then 1 else 0 end) as is_renewal,
        max(started_date) as started_date
    from matches
    group by started_item_id
),

left_over as (
    select
        sides.*,
        sides.mrr - coalesce(matched_items.amount, 0) as amount,
        coalesce(matched_items.started_date, sides.swap_date) as started_date
    from sides
    left join matched_items
        on sides.subscription_item_id = matched_items.subscription_item_id and sides.side = matched_items.side
    where sides.mrr > coalesce(matched_items.amount, 0) and coalesce(matched_items.is_renewal, 0) = 0
),

candidates as (
    select
        ends.subscription_item_id as ended_item_id,
        ends.amount,
        starts.subscription_item_id as started_item_id,
        greatest(starts.started_date, ends.swap_date) as change_date,
        min(greatest(starts.started_date, ends.swap_date))
            over (partition by ends.subscription_item_id) as first_change_date
    from left_over as ends
    inner join left_over as starts
        on
            ends.customer_id = starts.customer_id
            and ends.currency <> starts.currency
            and ends.swap_date <= {{ dbt.dateadd('day', var('link_days'), 'starts.swap_date') }}
            and starts.swap_date <= {{ dbt.dateadd('day', var('link_days'), 'ends.swap_date') }}
    where
        ends.side = 'end'
        and starts.side = 'start'
        and (
            ends.swap_date <= starts.swap_date
            or (
                ends.product_id = starts.product_id
                and coalesce(ends.bound_date < starts.swap_date, true)
                and coalesce(starts.bound_date > ends.swap_date, true)
            )
        )
),

dated as (
    select
        ended_item_id,
        started_item_id,
        amount,
        max(change_date) over (partition by started_item_id) as change_date
    from candidates
    where change_date = first_change_date
)

select
    'end' as side,
    ended_item_id as subscription_item_id,
    cast(max(amount) as decimal(18, 6)) as amount,
    min(change_date) as change_date
from dated
group by ended_item_id
union all
select
    'start' as side,
    started_item_id as subscription_item_id,
    cast(null as decimal(18, 6)) as amount,
    max(change_date) as change_date
from dated
group by started_item_id
