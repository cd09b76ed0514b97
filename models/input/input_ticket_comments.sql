with

comments as (
    select * from {{ ref('stg_zendesk__ticket_comment') }}
),

support_users as (
    select * from {{ ref('input_support_users') }}
),

canonical as (
    select
        *,
        {{ canonical_id('author_user_id', 'zendesk') }} as canonical_author_id
    from comments
)

select
    {{ canonical_id('canonical.comment_id', 'zendesk', 'canonical') }} as comment_id,
    canonical.source_relation,
    {{ canonical_id('canonical.ticket_id', 'zendesk', 'canonical') }} as ticket_id,
    canonical.canonical_author_id as author_user_id,
    support_users.person_id as author_person_id,
    coalesce(support_users.is_agent, false) as is_by_agent,
    canonical.is_public,
    canonical.is_voice,
    canonical.created_at
from canonical
left join support_users on canonical.canonical_author_id = support_users.support_user_id
