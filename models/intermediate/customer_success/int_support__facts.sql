-- What happened in support, by month: a row a thing that happened. A month is told by what happened in it and never by
-- what became of its tickets later.
with

service as (
    select * from {{ ref('int_tickets__service') }}
),

statuses as (
    select
        *,
        {{ month_of(local_date('happened_at')) }} as month_start
    from {{ ref('int_tickets__statuses') }}
),

replies as (
    select
        *,
        {{ month_of(local_date('happened_at')) }} as month_start
    from {{ ref('int_tickets__moments') }}
    where moment = 'replied'
),

ratings as (
    select * from {{ ref('int_tickets__ratings') }}
),

-- a meeting that two people held is one session
sessions as (
    select distinct
        customer_id,
        source_id,
        month_start
    from {{ ref('int_touches') }}
    where touch_kind = 'enablement_session'
),

months as (
    select * from {{ ref('int_months') }}
),

facts as (
    select
        customer_id,
        'asked' as fact,
        cast(null as bigint) as minutes,
        false as is_knowledge,
        {{ month_of('asked_on') }} as month_start
    from service
    union all
    select
        customer_id,
        'first_replied' as fact,
        first_reply_minutes as minutes,
        false as is_knowledge,
        {{ month_of('first_replied_on') }} as month_start
    from service
    union all
    select
        customer_id,
        'first_solved' as fact,
        first_resolution_minutes as minutes,
        false as is_knowledge,
        {{ month_of('first_solved_on') }} as month_start
    from service
    union all
    select
        service.customer_id,
        'replied' as fact,
        cast(null as bigint) as minutes,
        coalesce(service.ticket_type = 'question', false) as is_knowledge,
        replies.month_start
    from replies
    inner join service on replies.ticket_id = service.ticket_id
    {%- for fact, flag in {'solved': 'is_solution', 'reopened': 'is_reopening'}.items() %}
        union all
        select
            service.customer_id,
            '{{ fact }}' as fact,
            cast(null as bigint) as minutes,
            false as is_knowledge,
            statuses.month_start
        from statuses
        inner join service on statuses.ticket_id = service.ticket_id
        where statuses.{{ flag }}
        group by service.ticket_id, service.customer_id, statuses.month_start
    {%- endfor %}
    union all
    select
        service.customer_id,
        'rated_' || ratings.satisfaction as fact,
        cast(null as bigint) as minutes,
        false as is_knowledge,
        ratings.month_start
    from ratings
    inner join service on ratings.ticket_id = service.ticket_id
    union all
    select
        customer_id,
        'enablement_session' as fact,
        cast(null as bigint) as minutes,
        false as is_knowledge,
        month_start
    from sessions
)

select
    facts.customer_id,
    facts.fact,
    facts.minutes,
    facts.is_knowledge,
    facts.month_start
from facts
inner join months on facts.month_start = months.month_start
