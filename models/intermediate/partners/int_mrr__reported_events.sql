-- Every step of MRR and every transfer with the partners of record before and after, in native currency and
-- at the rate of its month's end.
with

steps as (
    select * from {{ ref('int_mrr__change_steps') }}
),

transfers as (
    select * from {{ ref('int_mrr__transfers') }}
),

pieces as (
    select * from {{ ref('int_mrr__shared_intervals') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

placed_steps as (
    select
        steps.*,
        coalesce(first_pieces.share_set_id, last_pieces.share_set_id) as share_set_id
    from steps
    left join pieces as first_pieces
        on
            steps.after_item_id = first_pieces.subscription_item_id
            and steps.after_number = first_pieces.interval_number
            and first_pieces.is_first_piece
    left join pieces as last_pieces
        on
            steps.before_item_id = last_pieces.subscription_item_id
            and steps.before_number = last_pieces.interval_number
            and last_pieces.is_last_piece
),

events as (
    select
        customer_id,
        product_id,
        currency,
        coalesce(after_item_id, before_item_id) as subscription_item_id,
        movement,
        reason,
        step,
        share_set_id as share_set_before,
        share_set_id as share_set_after,
        mrr_before,
        mrr_after,
        change_date
    from placed_steps
    union all
    select
        customer_id,
        product_id,
        currency,
        subscription_item_id,
        'transfer' as movement,
        cast(null as {{ dbt.type_string() }}) as reason,
        0 as step,
        share_set_before,
        share_set_after,
        mrr as mrr_before,
        mrr as mrr_after,
        change_date
    from transfers
),

-- rates end with the last complete month, and so do the events
valued as (
    select
        events.*,
        {{ times('events.mrr_before', 'rates.rate') }} as reported_before,
        {{ times('events.mrr_after', 'rates.rate') }} as reported_after
    from events
    inner join rates
        on events.currency = rates.currency and {{ month_of('events.change_date') }} = rates.month_start
)

select * from valued
