-- Guards the roll-up: partners, `direct` among them, sum to the vendor in every column and month, and
-- transfers between them net to nothing.
{{ config(meta={'dagster': {'ref': {'name': 'vendor_summary_monthly'}}}) }}
with

partners as (
    select
        month_start,
        sum(opening_mrr) as opening_mrr,
        {%- for movement in bridge_movements() %}
            sum({{ movement }}_mrr) as {{ movement }}_mrr,
        {%- endfor %}
        sum(closing_mrr) as closing_mrr,
        sum(mrr_at_risk) as mrr_at_risk
    from {{ ref('partner_mrr_monthly') }}
    group by month_start
),

vendor as (
    select * from {{ ref('vendor_summary_monthly') }}
)

select
    coalesce(partners.month_start, vendor.month_start) as month_start,
    partners.closing_mrr as partners_closing_mrr,
    vendor.closing_mrr as vendor_closing_mrr,
    partners.transfer_in_mrr - partners.transfer_out_mrr as net_transfers
from partners
full outer join vendor on partners.month_start = vendor.month_start
where
    partners.month_start is null
    or vendor.month_start is null
    or partners.transfer_in_mrr <> partners.transfer_out_mrr
    or partners.opening_mrr <> vendor.opening_mrr
    or partners.closing_mrr <> vendor.closing_mrr
    or partners.mrr_at_risk <> vendor.mrr_at_risk
    {%- for movement in bridge_movements(with_transfers=false) %}
        or partners.{{ movement }}_mrr <> vendor.{{ movement }}_mrr
    {%- endfor %}
