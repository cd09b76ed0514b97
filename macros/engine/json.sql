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

{# The sum of the whole numbers under a key of the objects in a JSON list: 0 for an empty list, null where there is no
   list or an element has no such number. #}
{% macro json_sum(expression, key) -%}
    {{ return(adapter.dispatch('json_sum', 'partner_metrics')(expression, key)) }}
{%- endmacro %}

{% macro default__json_sum(expression, key) -%}
    aggregate(
        from_json({{ expression }}, 'array<struct<{{ key }}:bigint>>'),
        cast(0 as bigint), (total, entry) -> total + entry.{{ key }}
    )
{%- endmacro %}

{# The path is of whole elements, because a missing key would make the list shorter. #}
{% macro duckdb__json_sum(expression, key) -%}
    case
        when not json_valid({{ expression }}) or json_type({{ expression }}) <> 'ARRAY' then null
        when json_array_length({{ expression }}) = 0 then cast(0 as bigint)
        when list_count(list_transform(
            json_extract({{ expression }}, '$[*]'),
            lambda entry: try_cast(json_extract_string(entry, '$.{{ key }}') as bigint)
        )) = json_array_length({{ expression }})
            then cast(list_sum(list_transform(
                json_extract({{ expression }}, '$[*]'),
                lambda entry: try_cast(json_extract_string(entry, '$.{{ key }}') as bigint)
            )) as bigint)
    end
{%- endmacro %}
