-- MRR intervals cut where the partners of record change.
with

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

share_sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

boundaries as (
    select
        subscription_id,
        from_date as boundary_date
    from share_sets
    union
    select
        subscription_id,
        to_date
    from share_sets
),

cuts as (
    select
        subscription_item_id,
        interval_number,
        subscription_id,
        from_date as cut_date
    from intervals
    union
    select
        intervals.subscription_item_id,
        intervals.interval_number,
        intervals.subscription_id,
        boundaries.boundary_date
    from intervals
    inner join boundaries
        on
            intervals.subscription_id = boundaries.subscription_id
            and intervals.from_date < boundaries.boundary_date
            and intervals.to_date > boundaries.boundary_date
),

attributed as (
    select
        cuts.subscription_item_id,
        cuts.interval_number,
        cuts.cut_date,
        coalesce(share_sets.share_set_id, 'direct') as share_set_id
    from cuts
    left join share_sets
        on
            cuts.subscription_id = share_sets.subscription_id
            and cuts.cut_date >= share_sets.from_date
            and cuts.cut_date < share_sets.to_date
),

ordered as (
    select
        *,
        lag(share_set_id) over (cut_order) as previous_share_set_id,
        lead(cut_date) over (cut_order) as next_cut_date
    from attributed
    window cut_order as (partition by subscription_item_id, interval_number order by cut_date)
)

select
    intervals.subscription_item_id,
    intervals.interval_number,
    intervals.customer_id,
    intervals.product_id,
    intervals.currency,
    ordered.share_set_id,
    ordered.previous_share_set_id,
    intervals.mrr,
    intervals.is_at_risk,
    ordered.previous_share_set_id is null as is_first_piece,
    ordered.next_cut_date is null as is_last_piece,
    ordered.cut_date as from_date,
    coalesce(ordered.next_cut_date, intervals.to_date) as to_date
from ordered
inner join intervals
    on
        ordered.subscription_item_id = intervals.subscription_item_id
        and ordered.interval_number = intervals.interval_number
