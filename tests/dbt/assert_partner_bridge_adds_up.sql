-- Guards the first certification check: for every partner and month, opening plus movements is closing, to
-- the last digit, and opening is the closing of the month before.
with

bridges as (
    select * from {{ ref('partner_mrr_monthly') }}
),

checked as (
    select
        *,
        opening_mrr + new_mrr + reactivation_mrr + expansion_mrr - contraction_mrr - churn_mrr
        + transfer_in_mrr - transfer_out_mrr + fx_mrr + correction_mrr as expected_closing_mrr,
        coalesce(lag(closing_mrr) over (partition by partner_id order by month_start), 0) as expected_opening_mrr
    from bridges
)

select
    partner_id,
    month_start,
    opening_mrr,
    expected_opening_mrr,
    closing_mrr,
    expected_closing_mrr
from checked
where expected_closing_mrr <> closing_mrr or expected_opening_mrr <> opening_mrr or closing_arr <> 12 * closing_mrr
