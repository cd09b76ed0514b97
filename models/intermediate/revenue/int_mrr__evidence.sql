-- MRR of each item beside what invoices say it costs, as intervals [from_date, to_date) in which neither changes:
-- from either side, so that what is billed and not counted shows as well as what is counted and not billed.
with

billed_intervals as (
    select * from {{ ref('int_invoice_lines__billed_intervals') }}
),

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

boundaries as (
    select
        subscription_item_id,
        from_date as boundary_date
    from intervals
    union
    select
        subscription_item_id,
        to_date
    from intervals
    union
    select
        subscription_item_id,
        from_date
    from billed_intervals
    union
    select
        subscription_item_id,
        to_date
    from billed_intervals
),

slices as (
    select
        subscription_item_id,
        boundary_date as from_date,
        lead(boundary_date) over (partition by subscription_item_id order by boundary_date) as to_date
    from boundaries
),

-- several values of one item stand at once where an old one waits for what takes its place
counted as (
    select
        slices.subscription_item_id,
        slices.from_date,
        min(intervals.subscription_id) as subscription_id,
        min(intervals.currency) as currency,
        min(intervals.evidence) as evidence,
        max(case when prices.usage_type = 'metered' then 1 else 0 end) = 1 as is_committed_minimum,
        sum(intervals.gross_mrr) as gross_mrr,
        sum(intervals.mrr) as mrr
    from slices
    inner join intervals
        on
            slices.subscription_item_id = intervals.subscription_item_id
            and slices.from_date >= intervals.from_date
            and slices.from_date < intervals.to_date
    inner join prices on intervals.price_id = prices.price_id
    group by slices.subscription_item_id, slices.from_date
)

select
    slices.subscription_item_id,
    coalesce(counted.subscription_id, billed_intervals.subscription_id) as subscription_id,
    coalesce(counted.currency, billed_intervals.currency) as currency,
    counted.evidence,
    counted.is_committed_minimum,
    billed_intervals.currency as billed_currency,
    billed_intervals.is_odd_length,
    billed_intervals.billed_mrr,
    counted.gross_mrr,
    counted.mrr,
    -- what differs for less than one billing interval, and not from its beginning, changed within the period
    coalesce(
        slices.from_date > billed_intervals.from_date
        and {{ dbt.datediff('slices.from_date', 'slices.to_date', 'day') }} <= billed_intervals.interval_days + 3,
        false
    ) as is_within_a_period,
    slices.from_date,
    slices.to_date
from slices
left join counted
    on slices.subscription_item_id = counted.subscription_item_id and slices.from_date = counted.from_date
left join billed_intervals
    on
        slices.subscription_item_id = billed_intervals.subscription_item_id
        and slices.from_date >= billed_intervals.from_date
        and slices.from_date < billed_intervals.to_date
where
    slices.to_date is not null
    and (counted.subscription_item_id is not null or billed_intervals.subscription_item_id is not null)
