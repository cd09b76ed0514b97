{# A part of a whole, six places, half up; null where there is no whole. #}
{% macro share_of(part, whole) -%}
    cast({{ divided(part, 'nullif(' ~ whole ~ ', 0)') }} as decimal(18, 6))
{%- endmacro %}
