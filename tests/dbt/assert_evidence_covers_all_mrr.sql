-- Guards the comparison with invoices: its rows add up to the closing MRR of each currency and open month.
{{ config(meta={'dagster': {'ref': {'name': 'mrr_evidence_monthly'}}}) }}
with

compared as (
    select
        currency,
        month_start,
        sum(closing_native) as closing_native
    from {{ ref('mrr_evidence_monthly') }}
    group by currency, month_start
),

closings as (
    select
        partner_months.currency,
        partner_months.month_start,
        sum(partner_months.closing_native) as closing_native
    from {{ ref('int_mrr__partner_months') }} as partner_months
    cross join {{ ref('int_closing_state') }} as closing_state
    where partner_months.month_start >= closing_state.first_open_month
    group by partner_months.currency, partner_months.month_start
)

select
    coalesce(compared.currency, closings.currency) as currency,
    coalesce(compared.month_start, closings.month_start) as month_start,
    compared.closing_native,
    closings.closing_native as expected_native
from compared
full outer join closings
    on compared.currency = closings.currency and compared.month_start = closings.month_start
where coalesce(compared.closing_native, 0) <> coalesce(closings.closing_native, 0)
