-- Every step of MRR and every transfer with the partners of record before and after, in native currency and at the
-- rate of its month's end. What is transferred is worth the same to both sides; where what the takers then have is
-- worth more or less, because each amount is rounded by itself, that is fx.
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
        cast(0 as decimal(18, 6)) as given_after,
        cast(0 as decimal(18, 6)) as taken_before,
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
        step,
        share_set_before,
        share_set_after,
        coalesce(given_after, 0) + mrr as mrr_before,
        coalesce(given_after, 0) as given_after,
        coalesce(taken_before, 0) as taken_before,
        coalesce(taken_before, 0) + mrr as mrr_after,
        change_date
    from transfers
),

-- rates end with the last complete month, and so do the events
valued as (
    select
        events.*,
        {{ in_reporting_currency('events.mrr_before', 'rates') }} as reported_before,
        {{ in_reporting_currency('events.given_after', 'rates') }} as reported_given_after,
        {{ in_reporting_currency('events.taken_before', 'rates') }} as reported_taken_before,
        {{ in_reporting_currency('events.mrr_after', 'rates') }} as reported_after
    from events
    inner join rates
        on events.currency = rates.currency and {{ month_of('events.change_date') }} = rates.month_start
),

balanced as (
    select
        *,
        case
            when movement = 'transfer'
                then cast(reported_taken_before + reported_before - reported_given_after as decimal(18, 6))
            else reported_after
        end as balanced_after
    from valued
)

select
    customer_id,
    product_id,
    currency,
    subscription_item_id,
    movement,
    reason,
    step,
    share_set_before,
    share_set_after,
    mrr_before,
    given_after,
    taken_before,
    mrr_after,
    reported_before,
    reported_given_after,
    reported_taken_before,
    balanced_after as reported_after,
    change_date
from balanced
union all
select
    customer_id,
    product_id,
    currency,
    subscription_item_id,
    'fx' as movement,
    'fx' as reason,
    step,
    share_set_after as share_set_before,
    share_set_after,
    mrr_after as mrr_before,
    cast(0 as decimal(18, 6)) as given_after,
    cast(0 as decimal(18, 6)) as taken_before,
    mrr_after,
    balanced_after as reported_before,
    cast(0 as decimal(18, 6)) as reported_given_after,
    cast(0 as decimal(18, 6)) as reported_taken_before,
    reported_after,
    change_date
from balanced
where balanced_after <> reported_after
