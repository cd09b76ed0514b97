with

judged as (
    select * from {{ ref('base_partner_portal__partner') }}
)

select
    id as partner_id,
    source_relation,
    {{ printable('name') }} as partner_name,
    partner_type,
    parent_partner_id,
    tier,
    region,
    upper(country_code) as country_code,
    crm_account_id,
    billing_account_id,
    status as partner_status,
    coalesce(is_deleted, false) as is_deleted,
    joined_at,
    terminated_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
