-- A link to a CRM account that is not there counts as no link.
with

organizations as (
    select * from {{ ref('stg_zendesk__organization') }}
),

accounts as (
    select distinct account_id from {{ ref('stg_salesforce__account') }}
)

select
    {{ canonical_id('organizations.organization_id', 'zendesk', 'organizations') }} as organization_id,
    organizations.source_relation,
    accounts.account_id as customer_id,
    organizations.organization_name,
    organizations.created_at
from organizations
left join accounts on organizations.crm_account_id = accounts.account_id
