-- How much of each lot of ended items each lot of started ones takes up. Day by day: first the same product, what
-- ended before first; then what of it will have ended within an overlap; then the oldest end of any product. What
-- two renewals have left over is not set against each other: each is a change of its own product.
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
        lot_number,
        count(*) as items,
        max(to_value) as mrr
    from sides
    group by side, customer_id, currency, product_id, swap_date, bound_date, lot_number
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
        ends.items = starts.items as has_as_many_items,
        ends.mrr as end_mrr,
        starts.mrr as start_mrr,
        case
            when ends.product_id <> starts.product_id then 3
            when ends.swap_date > starts.swap_date then 2
            else 1
        end as tier
    from lots as ends
    inner join lots as starts
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

-- a lot that has one counterpart of its product, with as many items, which has no other either
counted as (
    select
        *,
        sum(case when tier < 3 then 1 else 0 end) over (partition by customer_id, currency, end_lot) as of_the_end,
        sum(case when tier < 3 then 1 else 0 end) over (partition by customer_id, currency, start_lot) as of_the_start
    from candidates
),

renewals as (
    select
        *,
        max(case when tier < 3 and of_the_end = 1 and of_the_start = 1 and has_as_many_items then 1 else 0 end)
            over (partition by customer_id, currency, end_lot) as is_end_renewed,
        max(case when tier < 3 and of_the_end = 1 and of_the_start = 1 and has_as_many_items then 1 else 0 end)
            over (partition by customer_id, currency, start_lot) as is_start_renewal
    from counted
),

allowed as (
    select
        *,
        tier < 3 and is_end_renewed = 1 and is_start_renewal = 1 as is_renewal,
        lag(greatest(end_date, start_date)) over (
            partition by customer_id, currency order by least(end_date, start_date), greatest(end_date, start_date)
        ) as date_before
    from renewals
    where tier < 3 or is_end_renewed = 0 or is_start_renewal = 0
),

reaching as (
    select
        *,
        max(date_before) over (
            partition by customer_id, currency
            order by least(end_date, start_date), greatest(end_date, start_date)
            rows between unbounded preceding and current row
        ) as reached_date
    from allowed
),

-- days between which nothing can be matched part a customer's history in spans of their own
spans as (
    select
        *,
        sum(case when reached_date < least(end_date, start_date) then 1 else 0 end) over (
            partition by customer_id, currency
            order by least(end_date, start_date), greatest(end_date, start_date)
            rows between unbounded preceding and current row
        ) as span_number
    from reaching
),

placed as (
    select
        *,
        dense_rank() over (partition by customer_id, currency, span_number order by end_lot) as end_place,
        dense_rank() over (partition by customer_id, currency, span_number order by start_lot) as start_place,
        row_number() over (
            partition by customer_id, currency, span_number
            order by
                start_date, tier, end_date, end_mrr desc, start_mrr desc, end_product_id, start_product_id, end_lot,
                start_lot
        ) as turn
    from spans
),

matched as (
    {{ matched_in_turn('placed', ['customer_id', 'currency', 'span_number'], 'turn', 'end_place', 'start_place', 'end_mrr', 'start_mrr') }}
),

taken as (
    select
        placed.*,
        matched.amount
    from placed
    inner join matched
        on
            placed.customer_id = matched.customer_id
            and placed.currency = matched.currency
            and placed.span_number = matched.span_number
            and placed.turn = matched.turn
    where matched.amount > 0
)

select
    customer_id,
    currency,
    end_lot,
    start_lot,
    end_date,
    start_date,
    is_renewal,
    amount,
    cast(sum(amount) over (
        partition by customer_id, currency, end_lot order by turn rows between unbounded preceding and current row
    ) as decimal(28, 6)) as end_to_value,
    cast(sum(amount) over (
        partition by customer_id, currency, start_lot order by turn rows between unbounded preceding and current row
    ) as decimal(28, 6)) as start_to_value
from taken
