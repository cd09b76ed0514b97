-- A CRM link that leads nowhere counts as no link: the account is then its own customer.
with

billing_accounts as (
    select * from {{ ref('stg_stripe__customer') }}
),

accounts as (
    select distinct crm_account_id from {{ ref('input_crm_accounts') }}
)

select
    {{ canonical_id('billing_accounts.billing_account_id', 'stripe', 'billing_accounts') }} as billing_account_id,
    billing_accounts.source_relation,
    accounts.crm_account_id,
    billing_accounts.account_name,
    billing_accounts.currency,
    billing_accounts.country_code,
    billing_accounts.is_live,
    billing_accounts.is_deleted,
    billing_accounts.created_at
from billing_accounts
left join accounts on billing_accounts.crm_account_id = accounts.crm_account_id
