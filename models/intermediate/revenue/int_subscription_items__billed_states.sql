-- What the lines that share a start leave in force, a row an item and start. Lines of one price that are alike, and the
-- tiers of one price, are one entry; a credit takes back a line of its price, quantity, amount and end, so that of
-- several changes in one second the last is left, in whatever order the invoices come.
with

lines as (
    select * from {{ ref('int_subscription_items__billed_lines') }}
),

-- a period that several invoices bill was billed again, not twice: the invoice with the most counts
tier_invoices as (
    select
        subscription_item_id,
        period_started_at,
        invoice_id,
        row_number() over (
            partition by subscription_item_id, period_started_at order by sum(amount_minor) desc, invoice_id asc
        ) as place
    from lines
    where is_tiered and evidence_rank = 3
    group by subscription_item_id, period_started_at, invoice_id
),

counted as (
    select
        lines.*,
        case when not lines.is_tiered then lines.quantity end as entry_quantity,
        case when not lines.is_tiered then abs(lines.amount_minor) end as entry_amount
    from lines
    left join tier_invoices
        on
            lines.subscription_item_id = tier_invoices.subscription_item_id
            and lines.period_started_at = tier_invoices.period_started_at
            and lines.invoice_id = tier_invoices.invoice_id
    where not (lines.is_tiered and lines.evidence_rank = 3) or tier_invoices.place = 1
),

entries as (
    select
        subscription_item_id,
        period_started_at,
        period_ends_at,
        price_id,
        currency,
        is_tiered,
        entry_quantity,
        entry_amount,
        min(subscription_id) as subscription_id,
        min(minor_unit_value) as minor_unit_value,
        min(regular_started_at) as regular_started_at,
        max(case when is_odd_length then 1 else 0 end) = 1 as is_odd_length,
        count(case when evidence_rank = 3 then 1 end) as regular_lines,
        count(case when evidence_rank = 2 then 1 end) as debit_lines,
        count(case when evidence_rank = 1 then 1 end) as credit_lines,
        sum(case when evidence_rank = 3 then quantity end) as regular_quantity,
        sum(case when evidence_rank = 2 then quantity end) as debit_quantity,
        sum(case when evidence_rank = 1 then quantity end) as credit_quantity,
        max(case when evidence_rank = 3 then amount_minor end) as largest_amount,
        sum(case when evidence_rank = 3 then amount_minor end) as regular_amount,
        sum(case when evidence_rank = 2 then amount_minor end) as debit_amount,
        -sum(case when evidence_rank = 1 then amount_minor end) as credit_amount
    from counted
    group by
        subscription_item_id, period_started_at, period_ends_at, price_id, currency, is_tiered, entry_quantity,
        entry_amount
),

-- from the period's start, what a credit leaves of all tiers; within it, the debits alone are the new state
summed as (
    select
        *,
        case
            when not is_tiered then regular_lines + debit_lines - credit_lines
            when regular_lines = 0 then debit_lines
            when credit_lines = 0 then 1
            else regular_amount + coalesce(debit_amount, 0) - credit_amount
        end > 0 as is_in_force,
        case
            when not is_tiered then entry_quantity
            when regular_lines = 0 then debit_quantity
            when credit_lines = 0 then regular_quantity
            else regular_quantity + coalesce(debit_quantity, 0) - coalesce(credit_quantity, 0)
        end as quantity,
        case
            when not is_tiered then coalesce(largest_amount, entry_amount)
            when regular_lines = 0 then debit_amount
            when credit_lines = 0 then regular_amount
            else regular_amount + coalesce(debit_amount, 0) - credit_amount
        end as amount_minor,
        -- a credit of another amount takes back what has its quantity and period where a debit takes its place
        case
            when regular_lines = 0 then 2
            when is_tiered or max(credit_lines) over (same_quantity) = 0 then 3
            else 1
        end as preference,
        max(credit_amount) over (same_period) as taken_back_amount,
        max(credit_quantity) over (same_period) as taken_back_quantity,
        sum(regular_lines) over (same_start) as regulars_at_start,
        sum(debit_lines) over (same_start) as debits_at_start,
        sum(credit_lines) over (same_start) as credits_at_start,
        lag(period_started_at) over (partition by subscription_item_id order by period_started_at) as earlier_started_at
    from entries
    window
        same_start as (partition by subscription_item_id, period_started_at),
        same_period as (partition by subscription_item_id, period_started_at, period_ends_at),
        same_quantity as (
            partition by subscription_item_id, period_started_at, period_ends_at, price_id, entry_quantity
        )
),

ranked as (
    select
        *,
        min(earlier_started_at) over (partition by subscription_item_id, period_started_at) < period_started_at
            as has_earlier,
        row_number() over (
            partition by subscription_item_id, period_started_at
            order by
                case when is_in_force then 1 else 0 end desc, preference desc, amount_minor desc nulls last, price_id asc,
                quantity desc
        ) as place
    from summed
)

select
    subscription_item_id,
    subscription_id,
    case when is_in_force or debits_at_start = credits_at_start then price_id end as price_id,
    currency,
    minor_unit_value,
    case
        when not is_in_force and debits_at_start <> credits_at_start then 1
        when regular_lines > 0 then 3
        else 2
    end as evidence_rank,
    cast(case when is_in_force or debits_at_start = credits_at_start then quantity end as bigint) as quantity,
    cast(amount_minor as bigint) as amount_minor,
    cast(taken_back_amount as bigint) as taken_back_amount_minor,
    cast(taken_back_quantity as bigint) as taken_back_quantity,
    is_tiered,
    is_odd_length,
    regular_started_at,
    period_started_at,
    period_ends_at
from ranked
where
    place = 1
    -- changes within a period that take each other back leave the state before
    and (is_in_force or regulars_at_start > 0 or debits_at_start <> credits_at_start or not coalesce(has_earlier, false))
