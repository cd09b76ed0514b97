{# How far a schedule's clock of business hours has run, in seconds, at the moments of a relation: it stands still
   outside of hours, so that the business time between two moments is the difference of two readings. The relation has
   `schedule_id`, `iana_time_zone` and `happened_at` (UTC); the result has its rows with `business_clock`, empty for a
   schedule without hours. What is left of a query after `moments`. #}
{% macro business_clock(moments, columns) -%}
located as (
    select
        *,
        cast({{ local_time('happened_at', 'iana_time_zone') }} as date) as business_date
    from {{ moments }}
)

select
    {%- for column in columns %}
    located.{{ column }},
    {%- endfor %}
    located.happened_at,
    cast(
        min(hours.seconds_before_day) + sum({{ seconds_open('located.happened_at', 'hours') }})
        as bigint
    ) as business_clock
from located
left join {{ ref('int_support__business_intervals') }} as hours
    on located.schedule_id = hours.schedule_id and located.business_date = hours.business_date
group by
    {%- for column in columns %}
    located.{{ column }},
    {%- endfor %}
    located.happened_at
{%- endmacro %}

{# Seconds of an interval of business hours that have passed by a moment; none on a day that is closed. #}
{% macro seconds_open(moment, hours) -%}
    case
        when {{ hours }}.opened_at < {{ moment }}
            then {{ dbt.datediff(hours ~ '.opened_at', 'least(' ~ moment ~ ', ' ~ hours ~ '.closed_at)', 'second') }}
        else 0
    end
{%- endmacro %}

{# Whole minutes between two readings of the clock. #}
{% macro business_minutes(from_clock, to_clock) -%}
    cast(floor(({{ to_clock }} - {{ from_clock }}) / 60) as bigint)
{%- endmacro %}
