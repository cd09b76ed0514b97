-- What each started item takes up of each ended one: the matches of their lots, cut from the lines of both lots. But
-- renewals that are paired item by item.
with

sides as (
    select
        *,
        to_value - mrr as from_value
    from {{ ref('int_mrr__swap_sides') }}
),

item_by_item as (
    select * from {{ ref('int_mrr__swap_renewals') }}
),

lots as (
    select
        *,
        end_to_value - amount as end_from_value,
        start_to_value - amount as start_from_value
    from {{ ref('int_mrr__swap_lots') }}
),

by_value as (
    select lots.*
    from lots
    left join item_by_item
        on
            lots.customer_id = item_by_item.customer_id
            and lots.currency = item_by_item.currency
            and lots.end_lot = item_by_item.end_lot
            and item_by_item.place = 1
    where item_by_item.end_lot is null
),

end_parts as (
    select
        by_value.customer_id,
        by_value.currency,
        by_value.end_lot,
        by_value.start_lot,
        ends.place as end_place,
        greatest(ends.from_value, by_value.end_from_value) - by_value.end_from_value as part_from,
        least(ends.to_value, by_value.end_to_value) - by_value.end_from_value as part_to
    from by_value
    inner join sides as ends
        on
            by_value.customer_id = ends.customer_id
            and by_value.currency = ends.currency
            and by_value.end_lot = ends.lot_number
            and ends.side = 'end'
            and by_value.end_from_value < ends.to_value
            and by_value.end_to_value > ends.from_value
),

start_parts as (
    select
        by_value.customer_id,
        by_value.currency,
        by_value.end_lot,
        by_value.start_lot,
        starts.place as start_place,
        greatest(starts.from_value, by_value.start_from_value) - by_value.start_from_value as part_from,
        least(starts.to_value, by_value.start_to_value) - by_value.start_from_value as part_to
    from by_value
    inner join sides as starts
        on
            by_value.customer_id = starts.customer_id
            and by_value.currency = starts.currency
            and by_value.start_lot = starts.lot_number
            and starts.side = 'start'
            and by_value.start_from_value < starts.to_value
            and by_value.start_to_value > starts.from_value
),

matches as (
    select
        customer_id,
        currency,
        end_lot,
        start_lot,
        place as end_place,
        place as start_place,
        amount
    from item_by_item
    union all
    select
        end_parts.customer_id,
        end_parts.currency,
        end_parts.end_lot,
        end_parts.start_lot,
        end_parts.end_place,
        start_parts.start_place,
        least(end_parts.part_to, start_parts.part_to) - greatest(end_parts.part_from, start_parts.part_from) as amount
    from end_parts
    inner join start_parts
        on
            end_parts.customer_id = start_parts.customer_id
            and end_parts.currency = start_parts.currency
            and end_parts.end_lot = start_parts.end_lot
            and end_parts.start_lot = start_parts.start_lot
            and end_parts.part_from < start_parts.part_to
            and end_parts.part_to > start_parts.part_from
)

select
    matches.customer_id,
    matches.currency,
    ends.subscription_item_id as ended_item_id,
    ends.interval_number as ended_interval_number,
    ends.swap_date as ended_date,
    ends.mrr as ended_mrr,
    starts.subscription_item_id as started_item_id,
    ends.product_id = starts.product_id as is_same_product,
    cast(matches.amount as decimal(18, 6)) as amount,
    max(greatest(ends.swap_date, starts.swap_date)) over (partition by starts.subscription_item_id) as started_date
from matches
inner join sides as ends
    on
        matches.customer_id = ends.customer_id
        and matches.currency = ends.currency
        and matches.end_lot = ends.lot_number
        and matches.end_place = ends.place
        and ends.side = 'end'
inner join sides as starts
    on
        matches.customer_id = starts.customer_id
        and matches.currency = starts.currency
        and matches.start_lot = starts.lot_number
        and matches.start_place = starts.place
        and starts.side = 'start'
