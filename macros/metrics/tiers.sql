{# What the months up to one have given of a tier: the furthest ends, the first and the last month that reached it.
   `until` says whether the month itself counts (`current row`) or only those before it (`1 preceding`). #}
{% macro given_by_earlier_months(suffix, until) -%}
    {%- set window -%}
        over (
            partition by program_id, track, tier_id, partner_id
            order by month_start
            rows between unbounded preceding and {{ until }}
        )
    {%- endset -%}
    max(case when is_awarded then ends_in end) {{ window }} as ends_{{ suffix }},
    max(case when is_awarded then ends_in + coalesce(grace_months, 0) end) {{ window }} as grace_ends_{{ suffix }},
    min(case when is_awarded then month_number end) {{ window }} as first_reached_{{ suffix }},
    max(case when is_awarded then month_number end) {{ window }} as last_reached_{{ suffix }}
{%- endmacro %}
