-- Guards the money of health: what partners have at churn risk and may lose is what customers have, and all of it together is
-- the vendor's closing MRR. A customer that is counted twice, or forgotten, shows here.
{{ config(meta={'dagster': {'ref': {'name': 'partner_health_monthly'}}}) }}
with

partners as (
    select
        month_start,
        sum(mrr) as mrr,
        sum(mrr_at_churn_risk) as mrr_at_churn_risk,
        coalesce(sum(expected_lost_mrr), 0) as expected_lost_mrr,
        sum(unknown_risk_mrr) as unknown_risk_mrr
    from {{ ref('partner_health_monthly') }}
    group by month_start
),

customers as (
    select
        month_start,
        sum(mrr) as mrr,
        sum(case when is_at_churn_risk then mrr else 0 end) as mrr_at_churn_risk,
        coalesce(sum(expected_lost_mrr), 0) as expected_lost_mrr,
        sum(case when churn_risk is null then mrr else 0 end) as unknown_risk_mrr
    from {{ ref('customer_health_monthly') }}
    group by month_start
),

vendor as (
    select
        month_start,
        sum(mrr) as mrr
    from {{ ref('customer_mrr_monthly') }}
    group by month_start
)

select
    vendor.month_start,
    vendor.mrr as vendor_mrr,
    customers.mrr as customers_mrr,
    partners.mrr as partners_mrr,
    customers.expected_lost_mrr as customers_expected_lost_mrr,
    partners.expected_lost_mrr as partners_expected_lost_mrr
from vendor
left join customers on vendor.month_start = customers.month_start
left join partners on vendor.month_start = partners.month_start
where
    vendor.mrr <> coalesce(customers.mrr, 0)
    or vendor.mrr <> coalesce(partners.mrr, 0)
    or customers.mrr_at_churn_risk <> partners.mrr_at_churn_risk
    or customers.expected_lost_mrr <> partners.expected_lost_mrr
    or customers.unknown_risk_mrr <> partners.unknown_risk_mrr
