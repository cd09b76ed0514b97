-- How much of the MRR that a partner had one, three and twelve months ago is still there. A customer that came
-- from or went to another partner meanwhile is left out on both sides: it was not the partner's to keep.
with

cohort_customers as (
    select * from {{ ref('int_retention__cohort_customers') }}
    {%- if var('transfer_policy') == 'leave' %}
        where not is_transferred
    {%- endif %}
),

partner_months as (
    select
        partner_id,
        month_start
    from {{ ref('partner_mrr_monthly') }}
),

windows as (
    select * from {{ ref('retention_windows') }}
),

cohorts as (
    select
        partner_id,
        window_months,
        month_start,
        count(*) as cohort_customers,
        sum(case when mrr_now > 0 then 1 else 0 end) as retained_customers,
        sum(mrr_then) as cohort_mrr,
        sum(mrr_now) as retained_mrr,
        sum(least(mrr_now, mrr_then)) as gross_retained_mrr,
        sum(reported_now) as reported_retained_mrr,
        sum(least(reported_now, mrr_then)) as reported_gross_retained_mrr
    from cohort_customers
    group by partner_id, window_months, month_start
)

select
    partner_months.partner_id,
    windows.window_months,
    case when cohorts.partner_id is null then 'empty_cohort' end as null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    coalesce(cohorts.cohort_customers, 0) as cohort_customers,
    cast(coalesce(cohorts.retained_customers, 0) as bigint) as retained_customers,
    {{ money('coalesce(cohorts.cohort_mrr, 0)') }} as cohort_mrr,
    {{ money('coalesce(cohorts.retained_mrr, 0)') }} as retained_mrr,
    {{ money('coalesce(cohorts.gross_retained_mrr, 0)') }} as gross_retained_mrr,
    {{ portion('1', 'cohorts.retained_mrr', 'cohorts.cohort_mrr') }} as nrr,
    {{ portion('1', 'cohorts.gross_retained_mrr', 'cohorts.cohort_mrr') }} as grr,
    {{ portion('1', 'cohorts.retained_customers', 'cohorts.cohort_customers') }} as logo_retention,
    {{ portion('1', 'cohorts.reported_retained_mrr', 'cohorts.cohort_mrr') }} as nrr_as_reported,
    {{ portion('1', 'cohorts.reported_gross_retained_mrr', 'cohorts.cohort_mrr') }} as grr_as_reported,
    partner_months.month_start
from partner_months
cross join windows
left join cohorts
    on
        partner_months.partner_id = cohorts.partner_id
        and windows.window_months = cohorts.window_months
        and partner_months.month_start = cohorts.month_start
