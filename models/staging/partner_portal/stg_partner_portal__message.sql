with

judged as (
    select * from {{ ref('base_partner_portal__message') }}
)

select
    id as message_id,
    source_relation,
    partner_id,
    person_id,
    thread_id,
    in_reply_to_id as in_reply_to_message_id,
    direction,
    topic,
    channel,
    sent_at,
    read_at,
    answered_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
