with

partners as (
    select * from {{ ref('stg_partner_portal__partner') }}
)

select
    {{ canonical_id('partner_id', 'partner_portal') }} as partner_id,
    source_relation,
    partner_name,
    partner_type,
    {{ canonical_id('parent_partner_id', 'partner_portal') }} as parent_partner_id,
    tier,
    region,
    country_code,
    crm_account_id,
    billing_account_id,
    partner_status,
    is_deleted,
    joined_at,
    terminated_at
from partners
