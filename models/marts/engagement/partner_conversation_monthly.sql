{{ config(schema='certified') }}
{%- set unknown = "when not partner_months.has_known_messages then 'messages_unknown'" %}
-- How far the vendor and each partner are in conversation: a row a partner and month of its time in the program. Nothing in a
-- row was known only after the month's end.
with

partner_months as (
    select * from {{ ref('int_engagement__partner_months') }}
),

conversations as (
    select * from {{ ref('int_engagement__conversation_months') }}
),

rules as (
    select * from {{ ref('int_engagement__rules') }}
),

stages as (
    select * from {{ ref('conversation_stages') }}
),

mail as (
    select
        partner_id,
        {{ month_of(local_date('sent_at')) }} as month_start,
        sum(case when direction = 'vendor_to_partner' then 1 else 0 end) as messages_sent,
        sum(case when direction = 'partner_to_vendor' then 1 else 0 end) as messages_received
    from {{ ref('input_partner_messages') }}
    group by partner_id, {{ month_of(local_date('sent_at')) }}
),

portal as (
    select * from {{ ref('int_engagement__portal_months') }}
),

points as (
    select
        partner_id,
        month_start,
        sum(points) as points
    from {{ ref('partner_conversation_parts_monthly') }}
    group by partner_id, month_start
),

reached as (
    select
        conversations.partner_id,
        conversations.month_start,
        max(stages.stage_order) as stage_order
    from conversations
    inner join stages
        on
            conversations.threads >= stages.min_threads
            and conversations.two_way_share >= stages.min_two_way_share
            and conversations.started_by_partner_share >= stages.min_started_by_partner_share
            and conversations.continuing_share >= stages.min_continuing_share
    group by conversations.partner_id, conversations.month_start
)

select
    partner_months.partner_id,
    case when partner_months.has_known_messages then coalesce(stages.stage_id, 'silent') end as stage,
    case
        {{ unknown }}
        when conversations.threads is null then 'no_messages'
        when conversations.threads < rules.min_threads then 'too_few_threads'
    end as conversation_index_null_reason,
    case {{ unknown }} when conversations.threads is null then 'no_messages' end as threads_null_reason,
    case {{ unknown }} when coalesce(conversations.window_messages_sent, 0) = 0 then 'none_sent' end as read_share_null_reason,
    case {{ unknown }} when coalesce(conversations.threads_by_vendor, 0) = 0 then 'none_started_by_vendor' end
        as answered_share_null_reason,
    case {{ unknown }} when coalesce(conversations.threads_by_partner, 0) = 0 then 'none_started_by_partner' end
        as vendor_answered_share_null_reason,
    case {{ unknown }} when coalesce(conversations.partner_answers, 0) = 0 then 'no_answers' end as partner_hours_null_reason,
    case {{ unknown }} when coalesce(conversations.vendor_answers, 0) = 0 then 'no_answers' end as vendor_hours_null_reason,
    case when conversations.threads >= rules.min_threads then cast(points.points as decimal(18, 6)) end as conversation_index,
    {%- for share in [
        'two_way_share', 'continuing_share', 'started_by_partner_share', 'answered_share', 'vendor_answered_share', 'read_share',
        'prompt_share', 'partner_median_hours_to_answer', 'vendor_median_hours_to_answer'
    ] %}
        conversations.{{ share }},
    {%- endfor %}
    {%- for figure in [
        'threads', 'threads_by_vendor', 'threads_by_partner', 'answered_by_partner', 'answered_by_vendor', 'two_way_threads',
        'continuing_threads', 'topics', 'window_messages_sent', 'window_messages_read', 'partner_answers', 'vendor_answers',
        'prompt_answers'
    ] %}
        cast(coalesce(conversations.{{ figure }}, 0) as bigint) as {{ figure }},
    {%- endfor %}
    {%- for figure in ['messages_sent', 'messages_received'] %}
        cast(coalesce(mail.{{ figure }}, 0) as bigint) as {{ figure }},
    {%- endfor %}
    {%- for figure in [
        'portal_logins', 'portal_people', 'deals_registered', 'deals_won', 'deals_lost', 'deals_rejected', 'deals_expired'
    ] %}
        cast(coalesce(portal.{{ figure }}, 0) as bigint) as {{ figure }},
    {%- endfor %}
    partner_months.month_start
from partner_months
cross join rules
left join conversations
    on partner_months.partner_id = conversations.partner_id and partner_months.month_start = conversations.month_start
left join points on partner_months.partner_id = points.partner_id and partner_months.month_start = points.month_start
left join reached on partner_months.partner_id = reached.partner_id and partner_months.month_start = reached.month_start
left join stages on reached.stage_order = stages.stage_order
left join mail on partner_months.partner_id = mail.partner_id and partner_months.month_start = mail.month_start
left join portal on partner_months.partner_id = portal.partner_id and partner_months.month_start = portal.month_start
