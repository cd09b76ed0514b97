-- Lines of issued invoices that may tell another rate than the line before. Those that only repeat it, which are
-- most, are left out, so that cost from here on grows with changes; lines that share their start stay together.
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

currencies as (
    select * from {{ ref('currencies') }}
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
        lines.invoice_line_id,
        coalesce(lines.invoice_id, '') as invoice_id,
        lines.subscription_item_id,
        lines.subscription_id,
        lines.period_started_at,
        lines.period_ends_at,
        lines.price_id,
        lines.quantity,
        coalesce(lines.currency, prices.currency) as currency,
        case when lines.is_regular then 3 when lines.amount_minor >= 0 then 2 else 1 end as evidence_rank,
        lines.amount_minor - coalesce(corrections.corrected_amount_minor, 0) as amount_minor,
        -- a price without a unit amount has tiers, whatever it says
        prices.billing_scheme = 'tiered'
        or (prices.unit_amount_minor is null and prices.usage_type = 'licensed') as is_tiered,
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

placed as (
    select
        *,
        lag(period_started_at) over (item_order) as previous_started_at,
        lag(period_started_at, 2) over (item_order) as earlier_started_at,
        lead(period_started_at) over (item_order) as next_started_at,
        lag(evidence_rank) over (item_order) as previous_rank,
        lag(price_id) over (item_order) as previous_price_id,
        lag(quantity) over (item_order) as previous_quantity,
        lag(currency) over (item_order) as previous_currency,
        lag(amount_minor) over (item_order) as previous_amount_minor,
        lag(is_odd_length) over (item_order) as previous_is_odd_length,
        max(case when evidence_rank = 3 then period_started_at end)
            over (item_order rows between unbounded preceding and 1 preceding) as regular_started_at,
        max(case when evidence_rank = 3 then period_ends_at end)
            over (item_order rows between unbounded preceding and 1 preceding) as regular_ends_at
    from evidence
    window item_order as (
        partition by subscription_item_id
        order by period_started_at, evidence_rank, amount_minor
    )
)

select
    placed.invoice_line_id,
    placed.invoice_id,
    placed.subscription_item_id,
    placed.subscription_id,
    placed.price_id,
    placed.currency,
    currencies.minor_unit_value,
    placed.evidence_rank,
    placed.quantity,
    placed.amount_minor,
    placed.is_tiered,
    placed.is_odd_length,
    case when placed.regular_ends_at = placed.period_ends_at then placed.regular_started_at end as regular_started_at,
    placed.period_started_at,
    placed.period_ends_at
from placed
left join currencies on placed.currency = currencies.currency_code
where
    placed.previous_rank is null
    or placed.next_started_at is null
    or placed.period_started_at = placed.previous_started_at
    or placed.previous_started_at = placed.earlier_started_at
    or placed.period_started_at = placed.next_started_at
    or placed.is_odd_length
    or placed.previous_is_odd_length
    or placed.previous_rank <> placed.evidence_rank
    or placed.previous_price_id <> placed.price_id
    or placed.previous_currency <> placed.currency
    or coalesce(placed.previous_quantity, -1) <> coalesce(placed.quantity, -1)
    or placed.previous_amount_minor <> placed.amount_minor
