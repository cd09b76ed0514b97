with

judged as (
    select * from {{ ref('base_salesforce__account_history') }}
)

select
    id as account_id,
    source_relation,
    owner_id,
    parent_id as parent_account_id,
    type as account_type,
    industry,
    number_of_employees,
    coalesce(is_deleted, false) as is_deleted,
    _fivetran_start as version_started_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
