-- MRR at the end of the last months against what regular invoice lines then say a month costs, by the reason
-- why they differ. MRR is not invoicing: discounts, changes within a billing period and paused service are
-- meant to differ. What agrees is shown too, so that the rows add up to both totals.
with

months as (
    select * from {{ ref('int_months') }}
    where is_reconciled
),

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

covering_lines as (
    select * from {{ ref('int_invoice_lines__last_months') }}
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
        intervals.numerator,
        intervals.denominator,
        intervals.gross_mrr,
        intervals.mrr,
        months.month_start
    from intervals
    inner join months
        on intervals.from_date <= months.month_end and intervals.to_date > months.month_end
),

matched as (
    select
        coalesce(in_force.month_start, covering_lines.month_start) as month_start,
        coalesce(in_force.currency, covering_lines.currency) as currency,
        covering_lines.subscription_item_id,
        covering_lines.subscription_id,
        in_force.evidence,
        in_force.gross_mrr,
        in_force.mrr,
        -- an odd-length term has its own factor, which the rate in force knows
        {{ scaled(
            'covering_lines.amount_minor * covering_lines.minor_unit_value',
            'coalesce(in_force.numerator, covering_lines.month_numerator)',
            'coalesce(in_force.denominator, covering_lines.month_denominator)'
        ) }} as invoiced_mrr
    from in_force
    full outer join covering_lines
        on
            in_force.subscription_item_id = covering_lines.subscription_item_id
            and in_force.month_start = covering_lines.month_start
),

compared as (
    select
        matched.month_start,
        matched.currency,
        coalesce(matched.invoiced_mrr, 0) as invoiced_mrr,
        coalesce(matched.mrr, 0) as mrr,
        case
            when matched.mrr = matched.invoiced_mrr then 'agrees'
            when matched.mrr is null and subscriptions.exclusion_reason is not null
                then 'given_away_or_test'
            when matched.mrr is null and rejected.subscription_item_id is not null then 'quarantined'
            when matched.mrr is null then 'service_not_counted'
            when matched.invoiced_mrr is null then 'no_invoice_covers_it'
            when matched.gross_mrr = matched.invoiced_mrr then 'discount'
            when matched.evidence = 'current_item' then 'changed_since_the_invoice'
            when matched.mrr = matched.gross_mrr then 'changed_within_the_period'
            else 'changed_and_discounted'
        end as reason
    from matched
    left join subscriptions on matched.subscription_id = subscriptions.subscription_id
    left join rejected on matched.subscription_item_id = rejected.subscription_item_id
)

select
    currency,
    reason,
    count(*) as items,
    {{ money('sum(invoiced_mrr)') }} as invoiced_native,
    {{ money('sum(mrr)') }} as closing_native,
    {{ money('sum(mrr - invoiced_mrr)') }} as difference_native,
    month_start
from compared
group by currency, reason, month_start
