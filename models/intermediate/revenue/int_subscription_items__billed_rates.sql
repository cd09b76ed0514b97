-- What invoices say an item ran at, a row a change: regular lines tell the interval's amount, lines of a
-- mid-cycle change tell the new quantity and price. Lines that repeat the state before are left out,
-- so that cost from here on grows with changes.
with

lines as (
    select * from {{ ref('input_invoice_lines') }}
),

invoices as (
    select * from {{ ref('input_invoices') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

corrections as (
    select * from {{ ref('input_price_corrections') }}
),

not_issued as (
    select invoice_id from invoices
    where not is_issued
),

evidence as (
    select
        lines.subscription_item_id,
        lines.subscription_id,
        lines.period_started_at,
        lines.period_ends_at,
        lines.price_id,
        lines.quantity,
        case when lines.is_regular then 3 when lines.amount_minor >= 0 then 2 else 1 end as evidence_rank,
        lines.amount_minor - coalesce(corrections.corrected_amount_minor, 0) as amount_minor,
        prices.billing_scheme = 'tiered' as is_tiered,
        lines.is_regular and abs(
            {{ dbt.datediff('lines.period_started_at', 'lines.period_ends_at', 'day') }} - prices.interval_days
        ) > prices.interval_tolerance_days as is_odd_length
    from lines
    inner join prices on lines.price_id = prices.price_id
    left join not_issued on lines.invoice_id = not_issued.invoice_id
    left join corrections on lines.invoice_line_id = corrections.invoice_line_id
    where
        lines.subscription_item_id is not null
        and lines.subscription_id is not null
        and lines.is_live
        and not_issued.invoice_id is null
),

-- lines that only repeat the one before, which are most, go first; lines that share their start stay together
placed as (
    select
        *,
        lag(period_started_at) over (item_order) as previous_started_at,
        lag(period_started_at, 2) over (item_order) as earlier_started_at,
        lead(period_started_at) over (item_order) as next_started_at,
        lag(evidence_rank) over (item_order) as previous_rank,
        lag(price_id) over (item_order) as previous_price_id,
        lag(quantity) over (item_order) as previous_quantity,
        lag(amount_minor) over (item_order) as previous_amount_minor,
        lag(is_odd_length) over (item_order) as previous_is_odd_length
    from evidence
    window item_order as (
        partition by subscription_item_id
        order by period_started_at, evidence_rank, amount_minor
    )
),

changed as (
    select *
    from placed
    where
        previous_rank is null
        or next_started_at is null
        or period_started_at = previous_started_at
        or previous_started_at = earlier_started_at
        or period_started_at = next_started_at
        or is_odd_length
        or previous_is_odd_length
        or previous_rank <> evidence_rank
        or previous_price_id <> price_id
        or coalesce(previous_quantity, -1) <> coalesce(quantity, -1)
        or previous_amount_minor <> amount_minor
),

-- several lines at one start: a debit outranks the credit beside it, and the larger amount a credit of nought
ranked as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, period_started_at
            order by evidence_rank desc, amount_minor desc, price_id asc
        ) as place
    from changed
),

-- the tiers of one price add up
by_start as (
    select
        subscription_item_id,
        min(subscription_id) as subscription_id,
        period_started_at,
        max(period_ends_at) as period_ends_at,
        max(evidence_rank) as evidence_rank,
        max(case when place = 1 and evidence_rank > 1 then price_id end) as price_id,
        max(case when place = 1 and evidence_rank > 1 then quantity end) as quantity,
        coalesce(
            sum(case when evidence_rank = 3 and is_tiered then amount_minor end),
            max(case when evidence_rank = 3 then amount_minor end)
        ) as regular_amount_minor,
        max(case when is_odd_length then 1 else 0 end) = 1 as is_odd_length,
        max(case when next_started_at is null then 1 else 0 end) = 1 as is_latest
    from ranked
    group by subscription_item_id, period_started_at
)

select
    subscription_item_id,
    subscription_id,
    price_id,
    evidence_rank,
    quantity,
    regular_amount_minor,
    is_odd_length,
    is_latest,
    period_started_at,
    period_ends_at
from by_start
