-- How far each thread has come by the end of each month in whose window somebody wrote in it: a row a thread and month. What
-- was written before the window counts too, because a thread of half a year is one conversation; what is written after
-- the month does not.
with

partner_months as (
    select * from {{ ref('int_engagement__partner_months') }}
),

entries as (
    select * from {{ ref('int_engagement__entries') }}
)

select
    entries.partner_id,
    entries.thread_id,
    entries.opened_by,
    entries.topic,
    max(entries.turn_number) as turns,
    partner_months.month_start
from entries
inner join partner_months
    on
        entries.partner_id = partner_months.partner_id
        and entries.spoke_on >= partner_months.window_start
        and entries.spoke_on <= partner_months.month_end
group by
    entries.partner_id, entries.thread_id, entries.opened_by, entries.topic, partner_months.month_start
