-- Guards the ratios of every level and partner: nobody is kept who was not there, gross retention never passes
-- net retention or 100 percent, and a row has either ratios or a reason why not.
{{ config(meta={'dagster': {'ref': {'name': 'partner_retention_monthly'}}}) }}
{%- set figures = [
    'window_months', 'null_reason', 'cohort_customers', 'retained_customers', 'cohort_mrr', 'retained_mrr',
    'gross_retained_mrr', 'reported_retained_mrr', 'reported_gross_retained_mrr', 'nrr', 'grr', 'logo_retention',
    'nrr_as_reported', 'grr_as_reported', 'month_start'
] %}
with

partners as (
    select
        'partner' as level,
        partner_id as level_value,
        {{ figures | join(',\n        ') }}
    from {{ ref('partner_retention_monthly') }}
),

levels as (
    select
        level,
        level_value,
        {{ figures | join(',\n        ') }}
    from {{ ref('retention_by_level_monthly') }}
),

united as (
    select * from partners
    union all
    select * from levels
)

select *
from united
where
    retained_customers > cohort_customers
    or gross_retained_mrr > retained_mrr
    or gross_retained_mrr > cohort_mrr
    or gross_retained_mrr < 0
    or reported_gross_retained_mrr > reported_retained_mrr
    or reported_gross_retained_mrr > cohort_mrr
    or (cohort_customers = 0) <> (cohort_mrr = 0)
    or (null_reason is null) <> (nrr is not null)
    or (null_reason is null) <> (grr is not null)
    or (null_reason is null) <> (logo_retention is not null)
    or grr > 1
    or grr > nrr
    or grr_as_reported > 1
    or logo_retention > 1
