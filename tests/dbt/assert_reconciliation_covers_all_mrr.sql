-- Guards the reconciliation with invoices: its rows add up to the closing MRR of each currency and month.
{{ config(meta={'dagster': {'ref': {'name': 'mrr_invoice_reconciliation'}}}) }}
with

reconciled as (
    select
        currency,
        month_start,
        sum(closing_native) as closing_native,
        sum(difference_native) as difference_native,
        sum(invoiced_native) as invoiced_native
    from {{ ref('mrr_invoice_reconciliation') }}
    group by currency, month_start
),

closings as (
    select
        currency,
        month_start,
        sum(closing_native) as closing_native
    from {{ ref('int_mrr__partner_months') }}
    group by currency, month_start
)

select
    reconciled.currency,
    reconciled.month_start,
    reconciled.closing_native,
    closings.closing_native as expected_native
from reconciled
left join closings
    on reconciled.currency = closings.currency and reconciled.month_start = closings.month_start
where
    reconciled.closing_native <> coalesce(closings.closing_native, 0)
    or reconciled.difference_native <> reconciled.closing_native - reconciled.invoiced_native
