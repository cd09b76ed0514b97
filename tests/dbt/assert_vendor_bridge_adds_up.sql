-- Guards the vendor's bridge: opening plus movements is closing in every month, without transfers.
with

bridges as (
    select * from {{ ref('vendor_summary_monthly') }}
),

checked as (
    select
        *,
        opening_mrr + new_mrr + reactivation_mrr + expansion_mrr - contraction_mrr - churn_mrr
        + fx_mrr + correction_mrr as expected_closing_mrr,
        coalesce(lag(closing_mrr) over (order by month_start), 0) as expected_opening_mrr
    from bridges
)

select
    month_start,
    opening_mrr,
    expected_opening_mrr,
    closing_mrr,
    expected_closing_mrr
from checked
where expected_closing_mrr <> closing_mrr or expected_opening_mrr <> opening_mrr or closing_arr <> 12 * closing_mrr
