with

judged as (
    select * from {{ ref('base_partner_portal__course') }}
)

select
    id as course_id,
    source_relation,
    extends_course_id,
    {{ printable('name') }} as course_name,
    track,
    level as course_level,
    coalesce(is_delta, false) as is_delta,
    released_at,
    retired_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
