-- How much of each lot of ended items each lot of started ones takes up. Day by day: first the same product, what
-- ended before first; then what of it will have ended within an overlap; then the oldest end of any product. Of one
-- day the same partners come first.
with

candidates as (
    select * from {{ ref('int_mrr__swap_candidates') }}
),

dated as (
    select
        *,
        lag(greatest(end_date, start_date)) over (
            partition by customer_id, currency order by least(end_date, start_date), greatest(end_date, start_date)
        ) as date_before
    from candidates
),

reaching as (
    select
        *,
        max(date_before) over (
            partition by customer_id, currency
            order by least(end_date, start_date), greatest(end_date, start_date)
            rows between unbounded preceding and current row
        ) as reached_date
    from dated
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
                start_date asc, tier asc, end_date asc, is_of_others asc, end_mrr desc, start_mrr desc,
                end_product_id asc, start_product_id asc, end_lot asc, start_lot asc
        ) as turn
    from spans
),

matched as (
    select *
    from {{ matched_in_turn(
        'placed', ['customer_id', 'currency', 'span_number'], 'turn', 'end_place', 'start_place', 'end_mrr', 'start_mrr'
    ) }}
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
