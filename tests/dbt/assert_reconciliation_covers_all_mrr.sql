-- Guards the reconciliation with invoices: its rows add up to the closing MRR of each currency and month.
with

reconciled as (
    select
        currency,
        month_start,
        sum(closing_mrr) as closing_mrr,
        sum(difference) as difference,
        sum(invoiced_mrr) as invoiced_mrr
    from {{ ref('mrr_invoice_reconciliation') }}
    group by currency, month_start
),

closings as (
    select
        currency,
        month_start,
        sum(closing_native) as closing_mrr
    from {{ ref('int_mrr__partner_months') }}
    group by currency, month_start
)

select
    reconciled.currency,
    reconciled.month_start,
    reconciled.closing_mrr,
    closings.closing_mrr as expected_mrr
from reconciled
left join closings on reconciled.currency = closings.currency and reconciled.month_start = closings.month_start
where
    reconciled.closing_mrr <> coalesce(closings.closing_mrr, 0)
    or reconciled.difference <> reconciled.closing_mrr - reconciled.invoiced_mrr
