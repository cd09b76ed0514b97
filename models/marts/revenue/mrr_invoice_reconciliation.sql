-- MRR at the end of the last months against what regular invoice lines then say a month costs, by the reason
-- why they differ. MRR is not invoicing: discounts, changes within a billing period and paused service are
-- meant to differ. What agrees is shown too, so that the rows add up to both totals.
with

months as (
    select * from {{ ref('int_months') }}
    order by month_start desc
    limit {{ var('reconciliation_months') }}
),

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_regular and is_live
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
    where usage_type = 'licensed'
),

not_issued as (
    select invoice_id from {{ ref('input_invoices') }}
    where not is_issued
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

rejected as (
    select * from {{ ref('int_subscription_items__rejected') }}
),

in_force as (
    select
        intervals.subscription_item_id,
        intervals.currency,
        intervals.evidence,
        intervals.gross_mrr,
        intervals.mrr,
        intervals.from_date,
        months.month_start
    from intervals
    inner join months on intervals.from_date <= months.month_end and intervals.to_date > months.month_end
),

ranked_lines as (
    select
        lines.subscription_item_id,
        lines.subscription_id,
        prices.currency,
        {{ scaled('lines.amount_minor * prices.minor_unit_value', 'prices.month_numerator', 'prices.month_denominator') }} as invoiced_mrr,
        months.month_start,
        row_number() over (
            partition by lines.subscription_item_id, months.month_start order by lines.period_started_at desc, lines.invoice_line_id asc
        ) as recency
    from lines
    inner join months
        on
            lines.period_started_at < cast(months.next_month_start as timestamp)
            and lines.period_ends_at >= cast(months.next_month_start as timestamp)
    inner join prices on lines.price_id = prices.price_id
    left join not_issued on lines.invoice_id = not_issued.invoice_id
    where not_issued.invoice_id is null
),

covering_lines as (
    select * from ranked_lines
    where recency = 1
),

compared as (
    select
        coalesce(in_force.month_start, covering_lines.month_start) as month_start,
        coalesce(in_force.currency, covering_lines.currency) as currency,
        coalesce(covering_lines.invoiced_mrr, 0) as invoiced_mrr,
        coalesce(in_force.mrr, 0) as mrr,
        case
            when in_force.mrr = covering_lines.invoiced_mrr then 'agrees'
            when in_force.mrr is null and subscriptions.exclusion_reason is not null then 'given_away_or_test'
            when in_force.mrr is null and rejected.subscription_item_id is not null then 'quarantined'
            when in_force.mrr is null then 'service_not_counted'
            when covering_lines.invoiced_mrr is null then 'no_invoice_covers_it'
            when in_force.gross_mrr = covering_lines.invoiced_mrr then 'discount'
            when in_force.evidence = 'current_item' then 'changed_since_the_invoice'
            when in_force.mrr = in_force.gross_mrr then 'changed_within_the_period'
            else 'changed_and_discounted'
        end as reason
    from in_force
    full outer join covering_lines
        on
            in_force.subscription_item_id = covering_lines.subscription_item_id
            and in_force.month_start = covering_lines.month_start
    left join subscriptions on covering_lines.subscription_id = subscriptions.subscription_id
    left join rejected on covering_lines.subscription_item_id = rejected.subscription_item_id
)

select
    currency,
    reason,
    count(*) as items,
    {{ money('sum(invoiced_mrr)') }} as invoiced_mrr,
    {{ money('sum(mrr)') }} as closing_mrr,
    {{ money('sum(mrr - invoiced_mrr)') }} as difference,
    month_start
from compared
group by currency, reason, month_start
