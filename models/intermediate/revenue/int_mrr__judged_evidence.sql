-- Each slice of MRR and of billed value with what stands behind it (`evidence_tier`) and whether the two sides
-- agree, or why not (`agreement`).
with

slices as (
    select * from {{ ref('int_mrr__evidence') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

rejected as (
    select * from {{ ref('int_subscription_items__rejected') }}
),

discounted as (
    select * from {{ ref('int_subscription_items__discounted') }}
),

item_intervals as (
    select * from {{ ref('int_mrr__intervals') }}
),

-- billed and in force, and nothing is left of it after discount
free as (
    select
        slices.subscription_item_id,
        slices.from_date,
        max(discounted.gross_mrr) as gross_mrr
    from slices
    inner join discounted
        on
            slices.subscription_item_id = discounted.subscription_item_id
            and slices.from_date >= discounted.from_date
            and slices.from_date < discounted.to_date
    where slices.mrr is null and discounted.mrr = 0
    group by slices.subscription_item_id, slices.from_date
),

-- an old value that stands until a late renewal or the next subscription begins
bridged as (
    select
        slices.subscription_item_id,
        slices.from_date
    from slices
    left join item_intervals
        on
            slices.subscription_item_id = item_intervals.subscription_item_id
            and slices.from_date >= item_intervals.from_date
            and slices.from_date < item_intervals.to_date
    where slices.mrr is not null and slices.billed_mrr is null and item_intervals.subscription_item_id is null
)

select
    slices.subscription_item_id,
    slices.currency,
    case
        when slices.mrr is null then 'none'
        when slices.is_committed_minimum then 'committed_minimum'
        when bridged.subscription_item_id is not null then 'bridged'
        when slices.gross_mrr = slices.billed_mrr and slices.currency = slices.billed_currency then 'line_of_the_period'
        when slices.billed_mrr is not null and slices.is_odd_length then 'line_of_the_period'
        when slices.evidence in ('never_invoiced', 'current_item') then slices.evidence
        else 'other_line'
    end as evidence_tier,
    case
        when slices.mrr is null and subscriptions.exclusion_reason is not null then 'given_away_or_test'
        when slices.mrr is null and rejected.subscription_item_id is not null then 'quarantined'
        when slices.mrr is null and free.subscription_item_id is not null then 'discounted_to_zero'
        when slices.mrr is null and slices.is_within_a_period then 'ended_within_the_period'
        when slices.mrr is null then 'billed_without_mrr'
        when slices.billed_mrr is null and slices.is_committed_minimum then 'committed_minimum'
        when slices.billed_mrr is null and bridged.subscription_item_id is not null then 'bridged'
        when slices.billed_mrr is null then 'mrr_without_bill'
        when slices.currency <> slices.billed_currency then 'other_currency'
        when slices.gross_mrr = slices.billed_mrr then 'agrees'
        when slices.is_odd_length then 'odd_length_term'
        when slices.evidence = 'current_item' then 'changed_since_the_invoice'
        when slices.is_within_a_period then 'changed_within_the_period'
        else 'differs'
    end as agreement,
    coalesce(slices.billed_mrr, 0) as billed_mrr,
    coalesce(slices.gross_mrr, free.gross_mrr, 0) as gross_mrr,
    coalesce(slices.mrr, 0) as mrr,
    slices.from_date,
    slices.to_date
from slices
left join subscriptions on slices.subscription_id = subscriptions.subscription_id
left join rejected on slices.subscription_item_id = rejected.subscription_item_id
left join free on slices.subscription_item_id = free.subscription_item_id and slices.from_date = free.from_date
left join bridged
    on slices.subscription_item_id = bridged.subscription_item_id and slices.from_date = bridged.from_date
