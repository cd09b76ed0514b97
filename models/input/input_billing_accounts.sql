-- A CRM link that leads nowhere counts as no link: the account is then its own customer.
with

billing_accounts as (
    select * from {{ ref('stg_stripe__customer') }}
),

names as (
    select * from {{ ref('input_crm_account_names') }}
)

select
    {{ canonical_id('billing_accounts.billing_account_id', 'stripe', 'billing_accounts') }} as billing_account_id,
    billing_accounts.billing_account_id as source_billing_account_id,
    billing_accounts.source_relation,
    names.crm_account_id,
    billing_accounts.account_name,
    billing_accounts.currency,
    billing_accounts.country_code,
    billing_accounts.is_live,
    billing_accounts.is_deleted,
    billing_accounts.created_at
from billing_accounts
left join names on billing_accounts.crm_account_id = names.named_id
