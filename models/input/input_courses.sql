with

courses as (
    select * from {{ ref('stg_partner_portal__course') }}
)

select
    {{ canonical_id('course_id', 'partner_portal') }} as course_id,
    source_relation,
    {{ canonical_id('extends_course_id', 'partner_portal') }} as extends_course_id,
    course_name,
    track,
    course_level,
    is_delta,
    released_at,
    retired_at
from courses
