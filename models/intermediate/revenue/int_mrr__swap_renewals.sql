-- Renewals of as many items of a product as ended, paired item by item, the largest first: unless one of them rises
-- where another falls.
with

sides as (
    select * from {{ ref('int_mrr__swap_sides') }}
),

lots as (
    select
        *,
        count(*) over (partition by customer_id, currency, end_lot) as starts_of_the_end,
        count(*) over (partition by customer_id, currency, start_lot) as ends_of_the_start
    from {{ ref('int_mrr__swap_lots') }}
),

pairs as (
    select
        lots.customer_id,
        lots.currency,
        lots.end_lot,
        lots.start_lot,
        ends.place,
        least(ends.mrr, starts.mrr) as amount,
        min(starts.mrr - ends.mrr) over (partition by lots.customer_id, lots.currency, lots.end_lot) as least_rise,
        max(starts.mrr - ends.mrr) over (partition by lots.customer_id, lots.currency, lots.end_lot) as largest_rise
    from lots
    inner join sides as ends
        on
            lots.customer_id = ends.customer_id
            and lots.currency = ends.currency
            and lots.end_lot = ends.lot_number
            and ends.side = 'end'
    inner join sides as starts
        on
            lots.customer_id = starts.customer_id
            and lots.currency = starts.currency
            and lots.start_lot = starts.lot_number
            and starts.side = 'start'
            and ends.place = starts.place
    where lots.is_renewal and lots.starts_of_the_end = 1 and lots.ends_of_the_start = 1
)

select
    customer_id,
    currency,
    end_lot,
    start_lot,
    place,
    amount
from pairs
where least_rise >= 0 or largest_rise <= 0
