with

judged as (
    select * from {{ ref('base_zendesk__ticket_comment') }}
)

select
    id as comment_id,
    source_relation,
    ticket_id,
    user_id as author_user_id,
    coalesce({{ adapter.quote('public') }}, true) as is_public,
    coalesce(voice_comment, false) as is_voice,
    created as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
