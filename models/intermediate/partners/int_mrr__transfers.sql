-- Every day on which the partners of record of an item change while its MRR goes on: the value of the day before, passed
-- from one set of partners to another. Where a new item takes up a part of an old one, both have a rest: what the givers
-- keep of theirs (`given_after`), and what the takers had before (`taken_before`).
with

pieces as (
    select * from {{ ref('int_mrr__shared_intervals') }}
),

changes as (
    select * from {{ ref('int_mrr__changes') }}
    where before_item_id is not null and after_item_id is not null
),

links as (
    select * from {{ ref('int_mrr__links') }}
    where not is_whole
),

within_intervals as (
    select
        customer_id,
        product_id,
        currency,
        subscription_item_id,
        previous_share_set_id as share_set_before,
        share_set_id as share_set_after,
        mrr,
        from_date as change_date
    from pieces
    where previous_share_set_id <> share_set_id
),

between_intervals as (
    select
        changes.customer_id,
        last_pieces.product_id,
        changes.currency,
        changes.after_item_id as subscription_item_id,
        last_pieces.share_set_id as share_set_before,
        first_pieces.share_set_id as share_set_after,
        coalesce(changes.part_before, last_pieces.mrr) as mrr,
        changes.change_date
    from changes
    inner join pieces as last_pieces
        on
            changes.before_item_id = last_pieces.subscription_item_id
            and changes.before_number = last_pieces.interval_number
            and last_pieces.is_last_piece
    inner join pieces as first_pieces
        on
            changes.after_item_id = first_pieces.subscription_item_id
            and changes.after_number = first_pieces.interval_number
            and first_pieces.is_first_piece
    where last_pieces.share_set_id <> first_pieces.share_set_id
),

passed_on as (
    select
        links.customer_id,
        last_pieces.product_id,
        links.currency,
        links.started_item_id as subscription_item_id,
        last_pieces.share_set_id as share_set_before,
        first_pieces.share_set_id as share_set_after,
        links.amount as mrr,
        links.started_date as change_date,
        links.ended_after as given_after,
        links.started_before as taken_before,
        -row_number() over (
            partition by links.started_item_id order by links.started_before, links.ended_item_id
        ) as step
    from links
    inner join pieces as last_pieces
        on
            links.ended_item_id = last_pieces.subscription_item_id
            and links.started_date = last_pieces.to_date
            and last_pieces.is_last_piece
    inner join pieces as first_pieces
        on
            links.started_item_id = first_pieces.subscription_item_id
            and links.started_date = first_pieces.from_date
            and first_pieces.is_first_piece
),

whole as (
    select * from within_intervals
    union all
    select * from between_intervals
)

select
    *,
    cast(0 as decimal(18, 6)) as given_after,
    cast(0 as decimal(18, 6)) as taken_before,
    0 as step
from whole
union all
select * from passed_on
