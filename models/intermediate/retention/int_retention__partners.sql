-- Every partner that ever had MRR, with what it is filed under today. Direct business is filed as `direct`.
with

partner_months as (
    select distinct partner_id from {{ ref('int_mrr__partner_months') }}
),

partners as (
    select * from {{ ref('input_partners') }}
)

select
    partner_months.partner_id,
    case when partner_months.partner_id = 'direct' then 'direct' else coalesce(partners.tier, 'unknown') end as partner_tier,
    case when partner_months.partner_id = 'direct' then 'direct' else coalesce(partners.region, 'unknown') end as partner_region
from partner_months
left join partners on partner_months.partner_id = partners.partner_id
