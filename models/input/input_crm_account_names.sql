-- Every id by which a source may name a company of the CRM, with the company: its own, and those of accounts that were
-- merged into it.
with

accounts as (
    select * from {{ ref('input_crm_accounts') }}
),

merged as (
    select * from {{ ref('stg_salesforce__merged_account') }}
)

select
    crm_account_id as named_id,
    crm_account_id
from accounts
union
select
    account_id as named_id,
    survivor_id as crm_account_id
from merged
