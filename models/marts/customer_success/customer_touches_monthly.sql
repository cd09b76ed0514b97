{{ config(schema='certified') }}
-- How often each role had to do with each customer: a row a customer, role and complete month with touches.
{%- set kinds = {
    'call': 'calls', 'email': 'emails', 'meeting': 'meetings', 'task': 'tasks', 'ticket_reply': 'ticket_replies',
    'knowledge_answer': 'knowledge_answers', 'enablement_session': 'enablement_sessions',
    'business_review': 'business_reviews'
} %}
with

touches as (
    select * from {{ ref('int_touches') }}
),

months as (
    select * from {{ ref('int_months') }}
)

select
    touches.customer_id,
    touches.role_id,
    count(*) as touches,
    {%- for kind, column in kinds.items() %}
        count(case when touches.touch_kind = '{{ kind }}' then 1 end) as {{ column }},
    {%- endfor %}
    count(distinct touches.person_id) as people,
    count(distinct touches.touched_on) as days,
    max(touches.touched_on) as last_touched_on,
    touches.month_start
from touches
inner join months on touches.month_start = months.month_start
group by touches.customer_id, touches.role_id, touches.month_start
