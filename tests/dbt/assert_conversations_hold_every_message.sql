-- Guards conversation: every message, log-in and registered deal of a month stands with its partner once, topics hold the same
-- messages, what is certified about people is what enablement says, and an index is the sum of its parts, from 0 to 100.
{{ config(meta={'dagster': {'ref': {'name': 'partner_conversation_monthly'}}}) }}
with

months as (
    select
        min(month_start) as first_day,
        max(month_end) as last_day
    from {{ ref('int_months') }}
),

conversations as (
    select * from {{ ref('partner_conversation_monthly') }}
),

points as (
    select
        partner_id,
        month_start,
        sum(points) as points
    from {{ ref('partner_conversation_parts_monthly') }}
    group by partner_id, month_start
),

counted as (
    select
        'messages' as what,
        (
            select count(*) from {{ ref('input_partner_messages') }}
            inner join months on {{ local_date('sent_at') }} between months.first_day and months.last_day
        ) as landed,
        (select sum(messages_sent + messages_received) from conversations) as found
    union all
    select
        'messages of topics' as what,
        (select sum(messages_sent + messages_received) from {{ ref('partner_topics_monthly') }}) as landed,
        (select sum(messages_sent + messages_received) from conversations) as found
    union all
    select
        'log-ins' as what,
        (
            select count(*) from {{ ref('input_portal_logins') }}
            inner join months on {{ local_date('logged_in_at') }} between months.first_day and months.last_day
        ) as landed,
        (select sum(portal_logins) from conversations) as found
    union all
    select
        'registered deals' as what,
        (
            select count(*) from {{ ref('input_deal_registrations') }}
            inner join months on {{ local_date('submitted_at') }} between months.first_day and months.last_day
        ) as landed,
        (select sum(deals_registered) from conversations) as found
    union all
    select
        'certified people' as what,
        (select sum(certified_people) from {{ ref('partner_enablement_monthly') }}) as landed,
        (select sum(certified_people) from {{ ref('partner_learning_monthly') }}) as found
    union all
    select
        'indexes that are not their points' as what,
        0 as landed,
        (
            select count(*) from conversations
            left join points
                on conversations.partner_id = points.partner_id and conversations.month_start = points.month_start
            where
                conversations.conversation_index is not null
                and (
                    points.points is null
                    or conversations.conversation_index <> points.points
                    or conversations.conversation_index < 0
                    -- six parts, each rounded in the sixth place
                    or conversations.conversation_index > 100.00001
                )
        ) as found
)

select * from counted
where coalesce(landed, 0) <> coalesce(found, 0)
