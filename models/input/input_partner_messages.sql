with

messages as (
    select * from {{ ref('stg_partner_portal__message') }}
)

select
    {{ canonical_id('message_id', 'partner_portal') }} as message_id,
    source_relation,
    {{ canonical_id('partner_id', 'partner_portal') }} as partner_id,
    {{ canonical_id('person_id', 'partner_portal') }} as person_id,
    {{ canonical_id('thread_id', 'partner_portal') }} as thread_id,
    {{ canonical_id('in_reply_to_message_id', 'partner_portal') }} as in_reply_to_message_id,
    direction,
    topic,
    channel,
    sent_at,
    read_at,
    answered_at
from messages
