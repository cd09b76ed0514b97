with

judged as (
    select * from {{ ref('base_partner_portal__training') }}
)

select
    id as training_id,
    source_relation,
    person_id,
    course_id,
    progress_percent,
    enrolled_at,
    completed_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
