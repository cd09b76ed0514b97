-- Every id by which a source may name a company of the CRM, with the company: its own, and those of accounts that were
-- merged into it.
with

accounts as (
    select * from {{ ref('stg_salesforce__account') }}
),

merged as (
    select * from {{ ref('stg_salesforce__merged_account') }}
)

select distinct
    accounts.account_id as named_id,
    coalesce(merged.survivor_id, accounts.account_id) as crm_account_id
from accounts
left join merged
    on accounts.account_id = merged.account_id and accounts.source_relation = merged.source_relation
