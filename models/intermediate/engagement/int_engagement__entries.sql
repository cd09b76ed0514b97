-- Who spoke when in each thread between the vendor and a partner: a row an entry. An entry is a message, or the mark that a
-- message was answered where no message of the other side says so, by phone for instance. What one side says in a row
-- is one turn; the other side's next word begins the next. Nothing here depends on what is written later.
with

sent as (
    select * from {{ ref('input_partner_messages') }}
),

messages as (
    select
        sent.partner_id,
        -- without a thread of its own a message belongs to what it answers
        coalesce(sent.thread_id, answered.thread_id, sent.in_reply_to_message_id, sent.message_id) as thread_id,
        sent.message_id,
        case sent.direction when 'vendor_to_partner' then 'vendor' else 'partner' end as speaker,
        coalesce(sent.topic, 'unknown') as topic,
        sent.sent_at as spoke_at,
        sent.answered_at
    from sent
    left join sent as answered
        on sent.in_reply_to_message_id = answered.message_id and sent.partner_id = answered.partner_id
),

replied as (
    select
        *,
        case speaker
            when 'vendor' then min(case when speaker = 'partner' then spoke_at end) over later
            else min(case when speaker = 'vendor' then spoke_at end) over later
        end as next_reply_at
    from messages
    window later as (
        partition by partner_id, thread_id order by spoke_at, message_id
        rows between 1 following and unbounded following
    )
),

entries as (
    select
        partner_id,
        thread_id,
        message_id,
        speaker,
        topic,
        true as is_message,
        spoke_at
    from messages
    union all
    select
        partner_id,
        thread_id,
        message_id,
        case speaker when 'vendor' then 'partner' else 'vendor' end as speaker,
        topic,
        false as is_message,
        answered_at as spoke_at
    from replied
    where answered_at is not null and (next_reply_at is null or answered_at < next_reply_at)
),

ordered as (
    select
        *,
        first_value(speaker) over in_order as opened_by,
        first_value(topic) over in_order as thread_topic,
        lag(speaker) over in_order as spoke_before
    from entries
    window in_order as (partition by partner_id, thread_id order by spoke_at, message_id, is_message)
),

turns as (
    select
        *,
        sum(case when speaker = spoke_before then 0 else 1 end) over in_order as turn_number,
        max(case when speaker = spoke_before then null else spoke_at end) over in_order as turn_started_at
    from ordered
    window in_order as (
        partition by partner_id, thread_id order by spoke_at, message_id, is_message
        rows between unbounded preceding and current row
    )
),

waited as (
    select
        *,
        lag(turn_started_at) over (
            partition by partner_id, thread_id order by spoke_at, message_id, is_message
        ) as asked_at
    from turns
)

select
    partner_id,
    thread_id,
    message_id,
    speaker,
    opened_by,
    thread_topic as topic,
    cast(turn_number as bigint) as turn_number,
    case when speaker <> spoke_before then {{ dbt.datediff('asked_at', 'spoke_at', 'second') }} end as seconds_to_answer,
    is_message,
    {{ local_date('spoke_at') }} as spoke_on
from waited
