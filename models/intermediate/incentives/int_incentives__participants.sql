-- One row a program version, partner and month in which the partner was one: from the month it joined, or first had
-- MRR, to the month its agreement ended. Direct business earns nothing, nor does a deleted record that never had MRR.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

partners as (
    select * from {{ ref('partners') }}
),

agreements as (
    select * from {{ ref('input_partners') }}
),

first_mrr as (
    select
        partner_id,
        min(month_start) as first_month
    from {{ ref('partner_mrr_monthly') }}
    group by partner_id
),

spans as (
    select
        partners.partner_id,
        least(first_mrr.first_month, {{ month_of(local_date('agreements.joined_at')) }}) as first_month,
        {{ month_of(local_date('agreements.terminated_at')) }} as last_month
    from partners
    left join agreements on partners.partner_id = agreements.partner_id
    left join first_mrr on partners.partner_id = first_mrr.partner_id
    where
        partners.partner_id <> 'direct'
        and (first_mrr.first_month is not null or not coalesce(agreements.is_deleted, false))
)

select
    version_months.program_id,
    version_months.program_version_id,
    spans.partner_id,
    {{ month_number('version_months.month_start') }} - {{ month_number('spans.first_month') }} as months_as_partner,
    version_months.month_start
from version_months
inner join spans
    on
        version_months.month_start >= spans.first_month
        and (spans.last_month is null or version_months.month_start <= spans.last_month)
