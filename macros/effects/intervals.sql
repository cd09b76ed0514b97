{# Bounds of an interval of 95 % from an estimate and its variance: 1.96 standard errors to each side. #}
{% macro bound_95(estimate, variance, side) -%}
    {{ estimate }} {{ '-' if side == 'low' else '+' }} 1.959964 * sqrt({{ variance }})
{%- endmacro %}

{# A statistic, computed in floating point, as it is shown: a decimal of six places. #}
{% macro statistic(expression) -%}
    cast(round({{ expression }}, 6) as decimal(18, 6))
{%- endmacro %}

{# The same on its way to another model: twelve places, so that every engine hands on the same figure. #}
{% macro statistic_on_the_way(expression) -%}
    cast(round({{ expression }}, 12) as decimal(28, 12))
{%- endmacro %}
