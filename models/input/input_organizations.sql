-- A link to a CRM account that is not there counts as no link.
with

organizations as (
    select * from {{ ref('stg_zendesk__organization') }}
),

accounts as (
    select distinct crm_account_id from {{ ref('input_crm_accounts') }}
)

select
    {{ canonical_id('organizations.organization_id', 'zendesk', 'organizations') }} as organization_id,
    organizations.source_relation,
    accounts.crm_account_id as customer_id,
    organizations.organization_name,
    organizations.created_at
from organizations
left join accounts on organizations.crm_account_id = accounts.crm_account_id
