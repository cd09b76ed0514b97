-- Every day on which the partners of record of an item change while its MRR goes on: the value of the day
-- before, passed from one set of partners to another.
with

pieces as (
    select * from {{ ref('int_mrr__shared_intervals') }}
),

changes as (
    select * from {{ ref('int_mrr__changes') }}
    where before_item_id is not null and after_item_id is not null
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
        last_pieces.mrr,
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
)

select * from within_intervals
union all
select * from between_intervals
