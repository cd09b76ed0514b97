with

judged as (
    select * from {{ ref('base_salesforce__user_role') }}
)

select
    id as role_id,
    source_relation,
    parent_role_id,
    {{ printable('name') }} as role_name,
    coalesce(_fivetran_deleted, false) as is_deleted,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
