-- What was said between the vendor and each partner over the window that ends with each month, as it stood on the month's
-- last day: a row a partner and month with a message or an answer in the window.
with

rules as (
    select * from {{ ref('int_engagement__rules') }}
),

partner_months as (
    select * from {{ ref('int_engagement__partner_months') }}
),

threads as (
    select
        thread_months.partner_id,
        thread_months.month_start,
        count(*) as threads,
        sum(case when thread_months.opened_by = 'partner' then 1 else 0 end) as threads_by_partner,
        sum(case when thread_months.turns > 1 then 1 else 0 end) as two_way_threads,
        sum(case when thread_months.turns > 1 and thread_months.opened_by = 'partner' then 1 else 0 end) as answered_by_vendor,
        sum(case when thread_months.turns >= rules.continuing_turns then 1 else 0 end) as continuing_threads,
        count(distinct thread_months.topic) as topics
    from {{ ref('int_engagement__thread_months') }} as thread_months
    cross join rules
    group by thread_months.partner_id, thread_months.month_start
),

-- by when the answer came, so that a slow one counts in its month and none is missed
answers as (
    select
        partner_months.partner_id,
        partner_months.month_start,
        sum(case when entries.speaker = 'partner' then 1 else 0 end) as partner_answers,
        sum(case when entries.speaker = 'vendor' then 1 else 0 end) as vendor_answers,
        sum(case when entries.seconds_to_answer <= 3600 * rules.prompt_hours then 1 else 0 end) as prompt_answers,
        {{ median("case when entries.speaker = 'partner' then entries.seconds_to_answer end") }} as partner_seconds,
        {{ median("case when entries.speaker = 'vendor' then entries.seconds_to_answer end") }} as vendor_seconds
    from {{ ref('int_engagement__entries') }} as entries
    inner join partner_months
        on
            entries.partner_id = partner_months.partner_id
            and entries.spoke_on >= partner_months.window_start
            and entries.spoke_on <= partner_months.month_end
    cross join rules
    where entries.seconds_to_answer is not null
    group by partner_months.partner_id, partner_months.month_start
),

-- who answers a message has read it
sent as (
    select
        partner_id,
        {{ local_date('sent_at') }} as sent_on,
        {{ local_date("least(coalesce(read_at, answered_at), coalesce(answered_at, read_at))") }} as read_on
    from {{ ref('input_partner_messages') }}
    where direction = 'vendor_to_partner'
),

mail as (
    select
        partner_months.partner_id,
        partner_months.month_start,
        count(*) as window_messages_sent,
        sum(case when sent.read_on <= partner_months.month_end then 1 else 0 end) as window_messages_read
    from sent
    inner join partner_months
        on
            sent.partner_id = partner_months.partner_id
            and sent.sent_on >= partner_months.window_start
            and sent.sent_on <= partner_months.month_end
    group by partner_months.partner_id, partner_months.month_start
)

select
    threads.partner_id,
    threads.threads,
    threads.threads_by_partner,
    threads.threads - threads.threads_by_partner as threads_by_vendor,
    threads.two_way_threads,
    threads.two_way_threads - threads.answered_by_vendor as answered_by_partner,
    threads.answered_by_vendor,
    threads.continuing_threads,
    threads.topics,
    coalesce(mail.window_messages_sent, 0) as window_messages_sent,
    coalesce(mail.window_messages_read, 0) as window_messages_read,
    coalesce(answers.partner_answers, 0) as partner_answers,
    coalesce(answers.vendor_answers, 0) as vendor_answers,
    coalesce(answers.prompt_answers, 0) as prompt_answers,
    {{ share_of('mail.window_messages_read', 'mail.window_messages_sent') }} as read_share,
    {{ share_of('threads.two_way_threads - threads.answered_by_vendor', 'threads.threads - threads.threads_by_partner') }}
        as answered_share,
    {{ share_of('threads.answered_by_vendor', 'threads.threads_by_partner') }} as vendor_answered_share,
    {{ share_of('threads.threads_by_partner', 'threads.threads') }} as started_by_partner_share,
    {{ share_of('threads.two_way_threads', 'threads.threads') }} as two_way_share,
    {{ share_of('threads.continuing_threads', 'threads.threads') }} as continuing_share,
    {{ share_of('answers.prompt_answers', 'answers.partner_answers + answers.vendor_answers') }} as prompt_share,
    {{ share_of('round(answers.partner_seconds)', '3600') }} as partner_median_hours_to_answer,
    {{ share_of('round(answers.vendor_seconds)', '3600') }} as vendor_median_hours_to_answer,
    threads.month_start
from threads
left join answers on threads.partner_id = answers.partner_id and threads.month_start = answers.month_start
left join mail on threads.partner_id = mail.partner_id and threads.month_start = mail.month_start
