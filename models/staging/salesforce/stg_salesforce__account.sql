with

judged as (
    select * from {{ ref('base_salesforce__account') }}
)

select
    id as account_id,
    source_relation,
    {{ printable('name') }} as account_name,
    type as account_type,
    parent_id as parent_account_id,
    master_record_id as merged_into_account_id,
    industry,
    segment_c as segment,
    region_c as region,
    upper(coalesce(billing_country_code, billing_country)) as country_code,
    owner_id,
    number_of_employees,
    coalesce(is_deleted, false) as is_deleted,
    created_date as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
