-- Every id by which a source may name a customer, with the customer: ids of the CRM, and ids of billing accounts, with
-- and without the name of their account of the billing system where that is clear.
with

crm_names as (
    select * from {{ ref('input_crm_account_names') }}
),

billing_accounts as (
    select * from {{ ref('input_billing_accounts') }}
),

billing_names as (
    select
        billing_account_id as named_id,
        coalesce(crm_account_id, billing_account_id) as customer_id
    from billing_accounts
    union
    select
        source_billing_account_id as named_id,
        min(coalesce(crm_account_id, billing_account_id)) as customer_id
    from billing_accounts
    group by source_billing_account_id
    having count(distinct coalesce(crm_account_id, billing_account_id)) = 1
)

select
    named_id,
    crm_account_id as customer_id
from crm_names
union all
select
    billing_names.named_id,
    billing_names.customer_id
from billing_names
left join crm_names on billing_names.named_id = crm_names.named_id
where crm_names.named_id is null
