-- Companies in the CRM, customers and partners alike. A second CRM joins here, and nowhere else.
with

accounts as (
    select * from {{ ref('stg_salesforce__account') }}
)

select
    account_id as crm_account_id,
    source_relation,
    account_name,
    segment,
    region,
    country_code,
    industry,
    {{ canonical_id('owner_id', 'salesforce') }} as account_manager_id,
    number_of_employees,
    created_at
from accounts
