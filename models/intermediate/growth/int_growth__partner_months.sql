{{ config(materialized='view') }}
-- The growth metrics of each partner and month, as today's data tells them.
select
    partner_id,
    quick_ratio_null_reason,
    churn_rate_null_reason,
    arpa_null_reason,
    ltv_null_reason,
    expansion_incidence_null_reason,
    upsell_success_null_reason,
    reporting_currency,
    closing_mrr,
    arr,
    signed_not_live_arr,
    carr,
    gained_mrr,
    lost_mrr,
    quick_ratio,
    customers,
    opening_customers,
    churned_customers,
    customer_churn_rate,
    arpa,
    gross_margin,
    ltv,
    expanded_customers,
    expansion_incidence,
    decided_upsells,
    won_upsells,
    upsell_success_rate,
    is_ltv_capped,
    month_start
from {{ ref('int_growth__metrics') }}
where partner_id is not null
