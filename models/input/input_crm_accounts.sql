-- Companies in the CRM, customers and partners alike; what was merged into another is that one. A second CRM joins
-- here, and nowhere else.
with

accounts as (
    select * from {{ ref('stg_salesforce__account') }}
),

merged as (
    select * from {{ ref('stg_salesforce__merged_account') }}
)

select
    accounts.account_id as crm_account_id,
    accounts.source_relation,
    accounts.account_name,
    accounts.segment,
    accounts.region,
    accounts.country_code,
    accounts.industry,
    {{ canonical_id('accounts.owner_id', 'salesforce', 'accounts') }} as account_manager_id,
    accounts.number_of_employees,
    accounts.created_at
from accounts
left join merged
    on accounts.account_id = merged.account_id and accounts.source_relation = merged.source_relation
where merged.account_id is null
