-- A link to a customer that is not there counts as no link.
with

organizations as (
    select * from {{ ref('stg_zendesk__organization') }}
),

names as (
    select * from {{ ref('input_customer_names') }}
)

select
    {{ canonical_id('organizations.organization_id', 'zendesk', 'organizations') }} as organization_id,
    organizations.source_relation,
    names.customer_id,
    organizations.organization_name,
    organizations.created_at
from organizations
left join names on organizations.crm_account_id = names.named_id
