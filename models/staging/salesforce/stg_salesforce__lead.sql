with

judged as (
    select * from {{ ref('base_salesforce__lead') }}
)

select
    id as lead_id,
    source_relation,
    owner_id,
    converted_account_id,
    converted_contact_id,
    converted_opportunity_id,
    {{ printable('company') }} as company_name,
    status as lead_status,
    lead_source,
    industry,
    {{ printable('country') }} as country,
    coalesce(is_converted, false) as is_converted,
    converted_date,
    created_date as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
