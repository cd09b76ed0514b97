-- End customers: CRM accounts, and billing accounts that no CRM account stands behind.
with

accounts as (
    select * from {{ ref('input_crm_accounts') }}
),

billing_accounts as (
    select * from {{ ref('input_billing_accounts') }}
),

partners as (
    select distinct crm_account_id from {{ ref('input_partners') }}
),

crm_customers as (
    select
        accounts.crm_account_id as customer_id,
        accounts.source_relation,
        accounts.account_name as customer_name,
        accounts.segment,
        accounts.region,
        accounts.country_code,
        accounts.industry,
        accounts.account_manager_id,
        accounts.number_of_employees,
        partners.crm_account_id is not null as is_partner_account,
        accounts.created_at
    from accounts
    left join partners on accounts.crm_account_id = partners.crm_account_id
),

billing_customers as (
    select
        billing_account_id as customer_id,
        source_relation,
        account_name as customer_name,
        cast(null as {{ dbt.type_string() }}) as segment,
        cast(null as {{ dbt.type_string() }}) as region,
        country_code,
        cast(null as {{ dbt.type_string() }}) as industry,
        cast(null as {{ dbt.type_string() }}) as account_manager_id,
        cast(null as bigint) as number_of_employees,
        false as is_partner_account,
        created_at
    from billing_accounts
    where crm_account_id is null
)

select * from crm_customers
union all
select * from billing_customers
