select
    month_start,
    'EUR' as reporting_currency,
    0 as opening_mrr,
    sum(closing_mrr) as new_mrr,
    0 as reactivation_mrr,
    0 as expansion_mrr,
    0 as contraction_mrr,
    0 as churn_mrr,
    0 as fx_mrr,
    0 as correction_mrr,
    sum(closing_mrr) as closing_mrr,
    sum(customers) as customers
from {{ ref('partner_mrr_monthly') }}
group by month_start
