{# The value in the middle of a group, halfway between the two in the middle of an even number; nulls do not count. #}
{% macro median(expression) -%}
    {{ return(adapter.dispatch('median', 'partner_metrics')(expression)) }}
{%- endmacro %}

{% macro default__median(expression) -%}
    percentile({{ expression }}, 0.5)
{%- endmacro %}

{% macro duckdb__median(expression) -%}
    median({{ expression }})
{%- endmacro %}
