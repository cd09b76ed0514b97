with

partners as (
    select * from {{ ref('stg_partner_portal__partner') }}
),

names as (
    select * from {{ ref('input_crm_account_names') }}
)

select
    {{ canonical_id('partners.partner_id', 'partner_portal', 'partners') }} as partner_id,
    partners.source_relation,
    partners.partner_name,
    partners.partner_type,
    {{ canonical_id('partners.parent_partner_id', 'partner_portal', 'partners') }} as parent_partner_id,
    partners.tier,
    partners.region,
    partners.country_code,
    coalesce(names.crm_account_id, partners.crm_account_id) as crm_account_id,
    partners.billing_account_id,
    partners.partner_status,
    partners.is_deleted,
    partners.joined_at,
    partners.terminated_at
from partners
left join names on partners.crm_account_id = names.named_id
