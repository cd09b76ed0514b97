{# The text under a key of a JSON document; null for a missing key or an unreadable document. #}
{% macro json_text(expression, key) -%}
    {{ return(adapter.dispatch('json_text', 'partner_metrics')(expression, key)) }}
{%- endmacro %}

{% macro default__json_text(expression, key) -%}
    get_json_object({{ expression }}, '$.{{ key }}')
{%- endmacro %}

{% macro duckdb__json_text(expression, key) -%}
    case when json_valid({{ expression }}) then json_extract_string({{ expression }}, '$.{{ key }}') end
{%- endmacro %}

{# The text under a key that stands in a column. #}
{% macro json_text_by_column(expression, key_column) -%}
    {{ return(adapter.dispatch('json_text_by_column', 'partner_metrics')(expression, key_column)) }}
{%- endmacro %}

{% macro default__json_text_by_column(expression, key_column) -%}
    get_json_object({{ expression }}, concat('$.', {{ key_column }}))
{%- endmacro %}

{% macro duckdb__json_text_by_column(expression, key_column) -%}
    json_extract_string({{ expression }}, '$.' || {{ key_column }})
{%- endmacro %}

{# One JSON object of the named columns. #}
{% macro json_object_of(columns) -%}
    {{ return(adapter.dispatch('json_object_of', 'partner_metrics')(columns)) }}
{%- endmacro %}

{% macro default__json_object_of(columns) -%}
    to_json(struct({{ columns | join(', ') }}))
{%- endmacro %}

{% macro duckdb__json_object_of(columns) -%}
    cast(to_json(struct_pack(
        {%- for column in columns %}{{ column }} := {{ column }}{{ ', ' if not loop.last }}{% endfor -%}
    )) as varchar)
{%- endmacro %}
