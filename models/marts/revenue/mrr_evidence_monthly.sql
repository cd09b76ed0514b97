{{ config(schema='certified') }}
-- MRR at the end of each open month beside what invoices say it costs, by what stands behind it and whether the
-- two agree. The rows of a month add up to its closing MRR, and to all recurring value that was billed for it.
with

slices as (
    select * from {{ ref('int_mrr__judged_evidence') }}
),

months as (
    select * from {{ ref('int_months') }}
),

closing_state as (
    select * from {{ ref('int_closing_state') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

-- a slice adds its amounts in the month it starts and takes them off in the month it ends
flows as (
    select
        currency,
        evidence_tier,
        agreement,
        {{ month_of('from_date') }} as month_start,
        1 as items,
        billed_mrr,
        gross_mrr,
        mrr
    from slices
    union all
    select
        currency,
        evidence_tier,
        agreement,
        {{ month_of('to_date') }} as month_start,
        -1 as items,
        -billed_mrr as billed_mrr,
        -gross_mrr as gross_mrr,
        -mrr as mrr
    from slices
    where to_date < {{ open_end() }}
),

monthly_flows as (
    select
        currency,
        evidence_tier,
        agreement,
        month_start,
        sum(items) as items,
        sum(billed_mrr) as billed_mrr,
        sum(gross_mrr) as gross_mrr,
        sum(mrr) as mrr
    from flows
    group by currency, evidence_tier, agreement, month_start
),

spans as (
    select
        currency,
        evidence_tier,
        agreement,
        min(month_start) as first_month
    from monthly_flows
    group by currency, evidence_tier, agreement
),

stocks as (
    select
        spans.currency,
        spans.evidence_tier,
        spans.agreement,
        months.month_start,
        sum(coalesce(monthly_flows.items, 0)) over (span_order) as items,
        sum(coalesce(monthly_flows.billed_mrr, 0)) over (span_order) as billed_native,
        sum(coalesce(monthly_flows.gross_mrr, 0)) over (span_order) as gross_native,
        sum(coalesce(monthly_flows.mrr, 0)) over (span_order) as closing_native
    from spans
    inner join months on spans.first_month <= months.month_start
    left join monthly_flows
        on
            spans.currency = monthly_flows.currency
            and spans.evidence_tier = monthly_flows.evidence_tier
            and spans.agreement = monthly_flows.agreement
            and months.month_start = monthly_flows.month_start
    window span_order as (
        partition by spans.currency, spans.evidence_tier, spans.agreement order by months.month_start
    )
)

select
    stocks.currency,
    stocks.evidence_tier,
    stocks.agreement,
    '{{ var("reporting_currency") }}' as reporting_currency,
    cast(stocks.items as bigint) as items,
    {{ money('stocks.billed_native') }} as billed_native,
    {{ money('stocks.gross_native') }} as gross_native,
    {{ money('stocks.closing_native') }} as closing_native,
    -- what has no rate is quarantined, and its billed value stands in native currency only
    {{ money(in_reporting_currency('coalesce(stocks.billed_native, 0)', 'rates', type_money())) }} as billed_mrr,
    {{ money(in_reporting_currency('coalesce(stocks.closing_native, 0)', 'rates', type_money())) }} as closing_mrr,
    stocks.month_start
from stocks
cross join closing_state
left join rates on stocks.currency = rates.currency and stocks.month_start = rates.month_start
where
    stocks.month_start >= closing_state.first_open_month
    and (stocks.items <> 0 or stocks.billed_native <> 0 or stocks.closing_native <> 0)
