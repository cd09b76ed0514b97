{{ config(schema='certified') }}
-- What the vendor and each partner wrote about: a row a partner, topic and month in which one of them wrote or answered. A thread has the topic that
-- it was begun with.
with

partner_months as (
    select * from {{ ref('int_engagement__partner_months') }}
),

entries as (
    select * from {{ ref('int_engagement__entries') }}
)

select
    entries.partner_id,
    entries.topic,
    cast(sum(case when entries.is_message and entries.speaker = 'vendor' then 1 else 0 end) as bigint) as messages_sent,
    cast(sum(case when entries.is_message and entries.speaker = 'partner' then 1 else 0 end) as bigint) as messages_received,
    cast(count(distinct entries.thread_id) as bigint) as threads,
    cast(count(distinct case when entries.opened_by = 'partner' then entries.thread_id end) as bigint) as threads_by_partner,
    cast(count(distinct case when entries.turn_number > 1 then entries.thread_id end) as bigint) as two_way_threads,
    partner_months.month_start
from entries
inner join partner_months
    on
        entries.partner_id = partner_months.partner_id
        and {{ month_of('entries.spoke_on') }} = partner_months.month_start
group by entries.partner_id, entries.topic, partner_months.month_start
