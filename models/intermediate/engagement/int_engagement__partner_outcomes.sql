-- Every partner that had MRR twelve months before a month: what became of its business in those twelve months, and which
-- partners it is comparable with. A row a partner, outcome and month. Who it is comparable with was known twelve months before.
with

mrr as (
    select * from {{ ref('partner_mrr_monthly') }}
),

partners as (
    select * from {{ ref('partners') }}
),

retention as (
    select * from {{ ref('partner_retention_monthly') }}
    where window_months = 12 and nrr is not null
),

growth as (
    select * from {{ ref('partner_growth_monthly') }}
    where decided_upsells > 0
),

bands as (
    select * from {{ ref('effect_bands') }}
    where unit_kind = 'partner' and band_kind = 'mrr'
),

cohorts as (
    select
        earlier.partner_id,
        partners.partner_type || ' / ' || bands.band as stratum,
        earlier.closing_mrr as cohort_mrr,
        later.closing_mrr,
        earlier.month_start as cohort_month,
        later.month_start
    from mrr as earlier
    inner join mrr as later
        on
            earlier.partner_id = later.partner_id
            and {{ add_months('earlier.month_start', 12) }} = later.month_start
    inner join partners on earlier.partner_id = partners.partner_id
    inner join bands
        on earlier.closing_mrr >= bands.at_least and (earlier.closing_mrr < bands.below or bands.below is null)
    where earlier.closing_mrr > 0 and earlier.partner_id <> 'direct'
)

select
    partner_id,
    'grew' as outcome_id,
    stratum,
    {{ money('case when closing_mrr > cohort_mrr then 1 else 0 end') }} as outcome_numerator,
    {{ money('1') }} as outcome_denominator,
    cohort_month,
    month_start
from cohorts
union all
select
    cohorts.partner_id,
    'nrr_at_least_100' as outcome_id,
    cohorts.stratum,
    {{ money('case when retention.nrr >= 1 then 1 else 0 end') }} as outcome_numerator,
    {{ money('1') }} as outcome_denominator,
    cohorts.cohort_month,
    cohorts.month_start
from cohorts
inner join retention on cohorts.partner_id = retention.partner_id and cohorts.month_start = retention.month_start
union all
select
    cohorts.partner_id,
    'upsell_success' as outcome_id,
    cohorts.stratum,
    {{ money('growth.won_upsells') }} as outcome_numerator,
    {{ money('growth.decided_upsells') }} as outcome_denominator,
    cohorts.cohort_month,
    cohorts.month_start
from cohorts
inner join growth on cohorts.partner_id = growth.partner_id and cohorts.month_start = growth.month_start
