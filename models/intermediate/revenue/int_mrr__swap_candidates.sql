-- Lots of ended items and lots of started ones within reach of each other, by what comes first (`tier`): the same
-- product, what ended before the start; the same product in an overlap; any product that ended before. What two
-- renewals have left over is not set against each other: each is a change of its own product.
with

sides as (
    select * from {{ ref('int_mrr__swap_sides') }}
),

lots as (
    select
        side,
        customer_id,
        currency,
        product_id,
        swap_date,
        bound_date,
        share_set_id,
        lot_number,
        count(*) as items,
        max(to_value) as mrr
    from sides
    group by side, customer_id, currency, product_id, swap_date, bound_date, share_set_id, lot_number
),

-- whoever the partners are
grouped as (
    select
        *,
        dense_rank() over (
            partition by customer_id, currency, side order by swap_date, product_id, bound_date
        ) as group_number,
        sum(items) over (
            partition by customer_id, currency, side, swap_date, product_id, bound_date
        ) as group_items
    from lots
),

candidates as (
    select
        ends.customer_id,
        ends.currency,
        ends.lot_number as end_lot,
        starts.lot_number as start_lot,
        ends.swap_date as end_date,
        starts.swap_date as start_date,
        ends.product_id as end_product_id,
        starts.product_id as start_product_id,
        ends.group_number as end_group,
        starts.group_number as start_group,
        ends.group_items = starts.group_items as has_as_many_items,
        ends.items = starts.items as is_of_as_many_items,
        case when ends.share_set_id = starts.share_set_id then 0 else 1 end as is_of_others,
        ends.mrr as end_mrr,
        starts.mrr as start_mrr,
        case
            when ends.product_id <> starts.product_id then 3
            when ends.swap_date > starts.swap_date then 2
            else 1
        end as tier
    from grouped as ends
    inner join grouped as starts
        on
            ends.customer_id = starts.customer_id
            and ends.currency = starts.currency
            and starts.swap_date <= {{ dbt.dateadd('day', var('link_days'), 'ends.swap_date') }}
            and ends.swap_date <= {{ dbt.dateadd('day', var('link_days'), 'starts.swap_date') }}
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

-- items of a product and day that have one counterpart of their product, with as many items, which has no other either
counterparts as (
    select
        *,
        min(case when tier < 3 then start_group end) over (partition by customer_id, currency, end_group) as first_start,
        max(case when tier < 3 then start_group end) over (partition by customer_id, currency, end_group) as last_start,
        min(case when tier < 3 then end_group end) over (partition by customer_id, currency, start_group) as first_end,
        max(case when tier < 3 then end_group end) over (partition by customer_id, currency, start_group) as last_end
    from candidates
),

judged as (
    select
        *,
        case
            when tier < 3 and first_start = last_start and first_end = last_end and has_as_many_items then 1
            else 0
        end as is_renewal
    from counterparts
),

renewals as (
    select
        *,
        max(is_renewal) over (partition by customer_id, currency, end_group) as is_end_renewed,
        max(is_renewal) over (partition by customer_id, currency, start_group) as is_start_renewal
    from judged
)

select
    customer_id,
    currency,
    end_lot,
    start_lot,
    end_date,
    start_date,
    end_product_id,
    start_product_id,
    end_mrr,
    start_mrr,
    tier,
    is_of_others,
    is_renewal = 1 and is_of_as_many_items as is_renewal
from renewals
where tier < 3 or is_end_renewed = 0 or is_start_renewal = 0
