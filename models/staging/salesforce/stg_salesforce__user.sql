with

judged as (
    select * from {{ ref('base_salesforce__user') }}
)

select
    id as user_id,
    source_relation,
    user_role_id as role_id,
    manager_id as manager_user_id,
    account_id,
    {{ dbt.hash('lower(email)') }} as email_hash,
    {{ printable('title') }} as job_title,
    {{ printable('department') }} as department,
    user_type,
    coalesce(is_active, true) as is_active,
    coalesce(_fivetran_deleted, false) as is_deleted,
    last_login_date as last_login_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
