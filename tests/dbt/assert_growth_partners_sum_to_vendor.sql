-- Guards the growth figures that add up: MRR, ARR, CARR, gained and lost MRR of the partners sum to the vendor's, and
-- CARR is ARR and what is signed. Customers and deals do not, because several partners may share one.
{{ config(meta={'dagster': {'ref': {'name': 'vendor_growth_monthly'}}}) }}
with

partners as (
    select
        month_start,
        sum(closing_mrr) as closing_mrr,
        sum(arr) as arr,
        sum(signed_not_live_arr) as signed_not_live_arr,
        sum(carr) as carr,
        sum(gained_mrr) as gained_mrr,
        sum(lost_mrr) as lost_mrr
    from {{ ref('partner_growth_monthly') }}
    group by month_start
),

vendor as (
    select * from {{ ref('vendor_growth_monthly') }}
)

select
    vendor.month_start,
    vendor.closing_mrr,
    partners.closing_mrr as partners_closing_mrr,
    vendor.carr,
    partners.carr as partners_carr
from vendor
full outer join partners on vendor.month_start = partners.month_start
where
    vendor.month_start is null
    or partners.month_start is null
    or vendor.closing_mrr <> partners.closing_mrr
    or vendor.arr <> partners.arr
    or vendor.signed_not_live_arr <> partners.signed_not_live_arr
    or vendor.carr <> partners.carr
    or vendor.gained_mrr <> partners.gained_mrr
    or vendor.lost_mrr <> partners.lost_mrr
    or vendor.carr <> vendor.arr + vendor.signed_not_live_arr
    or vendor.arr <> 12 * vendor.closing_mrr
