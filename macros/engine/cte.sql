{# Marks a common table expression that is read twice and must not be kept in memory in between. #}
{% macro inline_cte() -%}
    {{ return(adapter.dispatch('inline_cte', 'partner_metrics')()) }}
{%- endmacro %}

{% macro default__inline_cte() -%}
{%- endmacro %}

{% macro duckdb__inline_cte() -%}
    not materialized
{%- endmacro %}
