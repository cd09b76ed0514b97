with

judged as (
    select * from {{ ref('base_partner_portal__person') }}
)

select
    id as person_id,
    source_relation,
    partner_id,
    crm_contact_id,
    {{ dbt.hash('lower(email)') }} as email_hash,
    role as person_role,
    coalesce(is_deleted, false) as is_deleted,
    joined_at,
    left_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
