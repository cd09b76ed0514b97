-- What customers get from support, over twelve months: how long they wait in hours in which it is open, how often a ticket comes
-- back, and what they say of it. One row a measure and month.
{%- set sums = ['first_reply_minutes', 'first_reply_tickets', 'reopened_tickets', 'solved_tickets', 'good_ratings', 'rated_tickets'] %}
{%- set measures = {
    'first_reply_hours': ['first_reply_minutes', '60 * first_reply_tickets', 'no_first_replies'],
    'reopen_rate': ['reopened_tickets', 'solved_tickets', 'none_solved'],
    'satisfaction_rate': ['good_ratings', 'rated_tickets', 'no_ratings'],
} %}
with

service as (
    select * from {{ ref('support_service_monthly') }}
),

months as (
    select
        month_start,
        row_number() over (order by month_start) as months_so_far
    from {{ ref('int_months') }}
),

windows as (
    select
        {%- for column in sums %}
            coalesce(sum(service.{{ column }}), 0) as {{ column }},
        {%- endfor %}
        max(months.months_so_far) as months_so_far,
        months.month_start
    from months
    left join service
        on service.month_start between {{ add_months('months.month_start', -11) }} and months.month_start
    group by months.month_start
),

measured as (
    {% for measure, (part, whole, reason) in measures.items() %}
        select
            '{{ measure }}' as measure_id,
            case
                when months_so_far < 12 then 'fewer_than_12_months'
                when {{ whole }} = 0 then '{{ reason }}'
            end as value_null_reason,
            {{ part }} as part,
            {{ whole }} as whole,
            month_start
        from windows
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    measure_id,
    value_null_reason,
    case
        when value_null_reason is null then cast({{ divided('part', 'nullif(whole, 0)') }} as decimal(18, 6))
    end as value,
    month_start
from measured
