with

judged as (
    select * from {{ ref('base_salesforce__contact') }}
)

select
    id as contact_id,
    source_relation,
    account_id,
    owner_id,
    reports_to_id as reports_to_contact_id,
    {{ printable('title') }} as job_title,
    {{ printable('department') }} as department,
    lead_source,
    coalesce(has_opted_out_of_email, false) as has_opted_out_of_email,
    created_date as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
