{{ config(schema='certified') }}
-- Partners as they are now, to slice figures by, and `direct` as one of them, because partners and direct
-- business sum to the vendor. Who is credited with MRR has a row, whether or not the portal still knows it.
with

partners as (
    select * from {{ ref('input_partners') }}
),

credited as (
    select partner_id from {{ ref('customer_mrr_monthly') }}
    union
    select partner_id from {{ ref('customer_mrr_movements') }}
),

named as (
    select
        partner_id,
        coalesce(partner_name, partner_id) as partner_name,
        coalesce(partner_type, 'unknown') as partner_type,
        coalesce(tier, 'unknown') as partner_tier,
        coalesce(region, 'unknown') as partner_region,
        country_code
    from partners
    union all
    select
        credited.partner_id,
        credited.partner_id as partner_name,
        'unknown' as partner_type,
        'unknown' as partner_tier,
        'unknown' as partner_region,
        null as country_code
    from credited
    left join partners on credited.partner_id = partners.partner_id
    where partners.partner_id is null and credited.partner_id <> 'direct'
    union all
    select
        'direct' as partner_id,
        'Direct' as partner_name,
        'direct' as partner_type,
        'direct' as partner_tier,
        'direct' as partner_region,
        null as country_code
)

select
    partner_id,
    partner_name,
    partner_type,
    partner_tier,
    partner_region,
    country_code
from named
