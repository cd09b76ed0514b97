{{ config(schema='certified') }}
-- Retention of each partner as today's data tells it, closed months included, beside what was certified.
with

restated as (
    select * from {{ ref('int_retention__partner_months') }}
),

certified as (
    select * from {{ ref('partner_retention_monthly') }}
)

select
    coalesce(restated.partner_id, certified.partner_id) as partner_id,
    case when restated.partner_id is null then 'empty_cohort' else restated.null_reason end as null_reason,
    coalesce(restated.reporting_currency, certified.reporting_currency) as reporting_currency,
    coalesce(restated.window_months, certified.window_months) as window_months,
    coalesce(restated.cohort_customers, 0) as cohort_customers,
    coalesce(restated.retained_customers, 0) as retained_customers,
    {%- for figure in [
        'cohort_mrr', 'retained_mrr', 'gross_retained_mrr', 'reported_retained_mrr', 'reported_gross_retained_mrr'
    ] %}
        {{ money('coalesce(restated.' ~ figure ~ ', 0)') }} as {{ figure }},
    {%- endfor %}
    restated.nrr,
    restated.grr,
    restated.logo_retention,
    restated.nrr_as_reported,
    restated.grr_as_reported,
    certified.nrr as certified_nrr,
    certified.grr as certified_grr,
    coalesce(restated.month_start, certified.month_start) as month_start
from restated
full outer join certified
    on
        restated.partner_id = certified.partner_id
        and restated.window_months = certified.window_months
        and restated.month_start = certified.month_start
