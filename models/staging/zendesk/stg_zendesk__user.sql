with

judged as (
    select * from {{ ref('base_zendesk__user') }}
)

select
    id as support_user_id,
    source_relation,
    external_id,
    organization_id,
    {{ dbt.hash('lower(email)') }} as email_hash,
    role as support_role,
    time_zone,
    coalesce(active, true) as is_active,
    coalesce(suspended, false) as is_suspended,
    created_at,
    last_login_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
