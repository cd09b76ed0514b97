-- Who a support user is: the CRM user or the partner's person with the same e-mail address, or,
-- for agents whom the CRM does not know, a person by themselves.
with

support_users as (
    select * from {{ ref('stg_zendesk__user') }}
),

crm_users as (
    select
        email_hash,
        min({{ canonical_id('user_id', 'salesforce') }}) as person_id
    from {{ ref('stg_salesforce__user') }}
    group by email_hash
),

partner_people as (
    select
        email_hash,
        min({{ canonical_id('person_id', 'partner_portal') }}) as person_id
    from {{ ref('stg_partner_portal__person') }}
    group by email_hash
),

canonical as (
    select
        *,
        {{ canonical_id('support_user_id', 'zendesk') }} as canonical_user_id,
        {{ canonical_id('organization_id', 'zendesk') }} as canonical_organization_id,
        support_role in ('agent', 'admin') as is_agent
    from support_users
)

select
    canonical.canonical_user_id as support_user_id,
    canonical.source_relation,
    coalesce(
        crm_users.person_id,
        partner_people.person_id,
        case when canonical.is_agent then canonical.canonical_user_id end
    ) as person_id,
    canonical.canonical_organization_id as organization_id,
    canonical.support_role,
    canonical.is_agent,
    canonical.is_active and not canonical.is_suspended as is_active,
    canonical.created_at
from canonical
left join crm_users on canonical.email_hash = crm_users.email_hash
left join partner_people on canonical.email_hash = partner_people.email_hash
