-- Retention of each partner as today's data tells it.
with

level_months as (
    select * from {{ ref('int_retention__level_months') }}
    where level = 'partner'
)

select
    level_value as partner_id,
    null_reason,
    reporting_currency,
    window_months,
    cohort_customers,
    retained_customers,
    cohort_mrr,
    retained_mrr,
    gross_retained_mrr,
    reported_retained_mrr,
    reported_gross_retained_mrr,
    nrr,
    grr,
    logo_retention,
    nrr_as_reported,
    grr_as_reported,
    month_start
from level_months
