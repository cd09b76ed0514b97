with

judged as (
    select * from {{ ref('base_partner_portal__certification') }}
)

select
    id as certification_id,
    source_relation,
    person_id,
    course_id,
    completed_at,
    revoked_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
