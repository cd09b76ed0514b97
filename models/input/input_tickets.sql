with

tickets as (
    select * from {{ ref('stg_zendesk__ticket') }}
),

groups as (
    select * from {{ ref('stg_zendesk__group') }}
),

brands as (
    select * from {{ ref('stg_zendesk__brand') }}
),

organizations as (
    select * from {{ ref('input_organizations') }}
),

support_users as (
    select * from {{ ref('input_support_users') }}
),

canonical as (
    select
        tickets.*,
        {{ canonical_id('tickets.organization_id', 'zendesk', 'tickets') }} as canonical_organization_id,
        {{ canonical_id('tickets.assignee_user_id', 'zendesk', 'tickets') }} as canonical_assignee_id
    from tickets
)

select
    {{ canonical_id('canonical.ticket_id', 'zendesk', 'canonical') }} as ticket_id,
    canonical.source_relation,
    canonical.canonical_organization_id as organization_id,
    organizations.customer_id,
    {{ canonical_id('canonical.requester_user_id', 'zendesk', 'canonical') }} as requester_user_id,
    canonical.canonical_assignee_id as assignee_user_id,
    support_users.person_id as assignee_person_id,
    groups.group_name,
    brands.brand_name,
    canonical.ticket_status,
    canonical.priority,
    canonical.ticket_type,
    canonical.channel,
    canonical.ticket_status = 'deleted' as is_deleted,
    canonical.created_at,
    canonical.due_at,
    canonical.updated_at
from canonical
left join organizations on canonical.canonical_organization_id = organizations.organization_id
left join support_users on canonical.canonical_assignee_id = support_users.support_user_id
left join groups
    on canonical.group_id = groups.group_id and canonical.source_relation = groups.source_relation
left join brands
    on canonical.brand_id = brands.brand_id and canonical.source_relation = brands.source_relation
