{# A cast that yields null where the text cannot be read as the type. #}
{% macro try_cast(expression, type) -%}
    {{ return(adapter.dispatch('try_cast', 'partner_metrics')(expression, type)) }}
{%- endmacro %}

{% macro default__try_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}

{# Native amounts, MRR included: six places, so that a day's share of a year stays exact enough to
   add up. Sums are wider. #}
{% macro money(expression) -%}
    cast({{ expression }} as {{ type_money() }})
{%- endmacro %}

{% macro type_money() -%}
    decimal(28, 6)
{%- endmacro %}
