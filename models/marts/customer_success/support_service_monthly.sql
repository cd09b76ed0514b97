{{ config(schema='certified') }}
-- What support gave the customers of each partner: a row a partner and month, from the first month in which there is
-- anything to tell. Each ticket stays whole, with one partner.
with

facts as (
    select * from {{ ref('int_support__facts') }}
),

customer_partners as (
    select * from {{ ref('int_support__customer_partners') }}
),

months as (
    select * from {{ ref('int_months') }}
),

told as (
    select
        coalesce(customer_partners.partner_id, 'direct') as partner_id,
        facts.fact,
        facts.minutes,
        facts.is_knowledge,
        facts.month_start
    from facts
    left join customer_partners
        on facts.customer_id = customer_partners.customer_id and facts.month_start = customer_partners.month_start
),

spine as (
    select
        firsts.partner_id,
        months.month_start
    from (
        select
            partner_id,
            min(month_start) as first_month
        from told
        group by partner_id
    ) as firsts
    inner join months on firsts.first_month <= months.month_start
),

counted as (
    select
        spine.partner_id,
        {%- for column, fact in {
            'tickets_asked': 'asked', 'public_replies': 'replied', 'solved_tickets': 'solved', 'reopened_tickets': 'reopened',
            'good_ratings': 'rated_good', 'bad_ratings': 'rated_bad', 'enablement_sessions': 'enablement_session'
        }.items() %}
            count(case when told.fact = '{{ fact }}' then 1 end) as {{ column }},
        {%- endfor %}
        count(case when told.is_knowledge then 1 end) as knowledge_answers,
        {%- for name, fact in {'first_reply': 'first_replied', 'first_resolution': 'first_solved'}.items() %}
            count(case when told.fact = '{{ fact }}' then 1 end) as {{ name }}_facts,
            count(case when told.fact = '{{ fact }}' then told.minutes end) as {{ name }}_tickets,
            coalesce(sum(case when told.fact = '{{ fact }}' then told.minutes end), 0) as {{ name }}_minutes,
            percentile_cont(0.5) within group (order by case when told.fact = '{{ fact }}' then told.minutes end)
                as median_{{ name }}_minutes,
        {%- endfor %}
        spine.month_start
    from spine
    left join told on spine.partner_id = told.partner_id and spine.month_start = told.month_start
    group by spine.partner_id, spine.month_start
)

select
    partner_id,
    case
        when first_reply_facts = 0 then 'no_first_replies'
        when first_reply_tickets = 0 then 'no_business_hours'
    end as first_reply_null_reason,
    case
        when first_resolution_facts = 0 then 'none_solved'
        when first_resolution_tickets = 0 then 'no_business_hours'
    end as first_resolution_null_reason,
    case when solved_tickets = 0 then 'none_solved' end as reopen_rate_null_reason,
    case when good_ratings + bad_ratings = 0 then 'no_ratings' end as satisfaction_null_reason,
    tickets_asked,
    public_replies,
    knowledge_answers,
    enablement_sessions,
    first_reply_tickets,
    cast(first_reply_minutes as bigint) as first_reply_minutes,
    cast({{ divided('first_reply_minutes', 'nullif(first_reply_tickets, 0)') }} as decimal(18, 6))
        as mean_first_reply_minutes,
    cast(median_first_reply_minutes as decimal(18, 6)) as median_first_reply_minutes,
    first_resolution_tickets,
    cast(first_resolution_minutes as bigint) as first_resolution_minutes,
    cast({{ divided('first_resolution_minutes', 'nullif(first_resolution_tickets, 0)') }} as decimal(18, 6))
        as mean_first_resolution_minutes,
    cast(median_first_resolution_minutes as decimal(18, 6)) as median_first_resolution_minutes,
    solved_tickets,
    reopened_tickets,
    cast({{ divided('reopened_tickets', 'nullif(solved_tickets, 0)') }} as decimal(18, 6)) as reopen_rate,
    good_ratings,
    good_ratings + bad_ratings as rated_tickets,
    cast({{ divided('good_ratings', 'nullif(good_ratings + bad_ratings, 0)') }} as decimal(18, 6)) as satisfaction_rate,
    month_start
from counted
