with

judged as (
    select * from {{ ref('base_partner_portal__portal_login') }}
)

select
    id as portal_login_id,
    source_relation,
    person_id,
    logged_in_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
