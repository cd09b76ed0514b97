-- MRR intervals with the gaps of linked items closed: the old value stands until the new one starts, and a new item
-- that overlaps the old one counts from there. Each row names the row that it follows (`previous_item_id`,
-- `previous_number`), if it follows one. What stands of an ended item that several replace has rows of its own.
with

intervals as (
    select * from {{ ref('int_mrr__intervals') }}
),

starts as (
    select * from {{ ref('int_mrr__started_values') }}
),

standing as (
    select * from {{ ref('int_mrr__standing_values') }}
),

judged as (
    select
        intervals.*,
        starts.taken_up,
        starts.predecessor_item_id,
        starts.predecessor_number,
        starts.started_date,
        starts.is_currency_change,
        standing.point_date as first_point_date,
        intervals.mrr - standing.lost as passed_on,
        coalesce(starts.started_date >= intervals.from_date, false) as is_started,
        -- a late renewal or a recovered payment of the same item: a gap that a status made, and no pause
        coalesce(
            intervals.previous_to_date = intervals.from_date
            or (
                coalesce(intervals.previous_ended_by, 'pause') <> 'pause'
                and intervals.from_date <= {{ dbt.dateadd('day', var('link_days'), 'intervals.previous_to_date') }}
            ),
            false
        ) as follows_own,
        coalesce(intervals.previous_currency <> intervals.currency, false) as follows_other_currency,
        coalesce(intervals.next_currency <> intervals.currency, false) as precedes_other_currency,
        coalesce(
            coalesce(intervals.ended_by, 'pause') <> 'pause'
            and intervals.next_from_date <= {{ dbt.dateadd('day', var('link_days'), 'intervals.to_date') }},
            false
        ) as is_bridged_to_own
    from intervals
    left join starts on intervals.subscription_item_id = starts.subscription_item_id
    left join standing
        on
            intervals.subscription_item_id = standing.subscription_item_id
            and intervals.interval_number = standing.interval_number
            and standing.point_number = 1
    where coalesce(intervals.to_date > starts.started_date, true)
),

bridged as (
    select
        subscription_item_id,
        interval_number,
        subscription_id,
        customer_id,
        product_id,
        price_id,
        currency,
        billing_interval,
        case
            when is_started then predecessor_item_id
            when follows_own and not follows_other_currency then subscription_item_id
        end as previous_item_id,
        case
            when is_started then predecessor_number
            when follows_own and not follows_other_currency then interval_number - 1
        end as previous_number,
        case when is_started then taken_up end as taken_up,
        passed_on,
        coalesce(is_started and is_currency_change, false) or (follows_own and follows_other_currency) as is_currency_change,
        precedes_other_currency
        and (is_bridged_to_own or coalesce(next_from_date = to_date, false)) as ends_in_other_currency,
        false as is_remainder,
        evidence,
        ended_by,
        discount_key,
        numerator,
        denominator,
        quantity,
        gross_mrr,
        percent_off,
        amount_off,
        mrr,
        is_escalator,
        is_at_risk,
        is_resumed,
        is_trial_conversion,
        case when is_started then started_date else from_date end as from_date,
        case when is_bridged_to_own then next_from_date else coalesce(first_point_date, to_date) end as to_date
    from judged
),

remainders as (
    select
        standing.subscription_item_id,
        standing.interval_number + standing.point_number as interval_number,
        intervals.subscription_id,
        intervals.customer_id,
        intervals.product_id,
        intervals.price_id,
        intervals.currency,
        intervals.billing_interval,
        standing.subscription_item_id as previous_item_id,
        standing.interval_number + standing.point_number - 1 as previous_number,
        cast(null as decimal(18, 6)) as taken_up,
        standing.standing - next_points.lost as passed_on,
        false as is_currency_change,
        false as ends_in_other_currency,
        true as is_remainder,
        intervals.evidence,
        intervals.ended_by,
        intervals.discount_key,
        intervals.numerator,
        intervals.denominator,
        intervals.quantity,
        intervals.gross_mrr,
        intervals.percent_off,
        intervals.amount_off,
        standing.standing as mrr,
        intervals.is_escalator,
        intervals.is_at_risk,
        intervals.is_resumed,
        intervals.is_trial_conversion,
        standing.point_date as from_date,
        standing.next_point_date as to_date
    from standing
    inner join standing as next_points
        on
            standing.subscription_item_id = next_points.subscription_item_id
            and standing.point_number = next_points.point_number - 1
    inner join intervals
        on
            standing.subscription_item_id = intervals.subscription_item_id
            and standing.interval_number = intervals.interval_number
    where standing.standing > 0
)

select * from bridged
union all
select * from remainders
