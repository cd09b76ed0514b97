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

{# A column that holds a document, as JSON text: it is text already, or a struct that the loader has typed. #}
{% macro document_text(column, found_type) -%}
    {{ return(adapter.dispatch('document_text', 'partner_metrics')(column, found_type)) }}
{%- endmacro %}

{% macro default__document_text(column, found_type) -%}
    {{ column if found_type in ('varchar', 'string') else 'to_json(' ~ column ~ ')' }}
{%- endmacro %}

{% macro duckdb__document_text(column, found_type) -%}
    {{ column if found_type in ('varchar', 'string') else 'cast(to_json(' ~ column ~ ') as varchar)' }}
{%- endmacro %}

{# The sum (or the largest) of a number over the entries of a JSON list of taxes that are part of the price:
   `inclusive` is true, or `tax_behavior` says so. 0 where no entry is; null where there is no list. #}
{% macro included_taxes(document, key, fold='sum') -%}
    {{ return(adapter.dispatch('included_taxes', 'partner_metrics')(document, key, fold)) }}
{%- endmacro %}

{% macro default__included_taxes(document, key, fold) -%}
    aggregate(
        filter(
            from_json({{ document }}, 'array<struct<amount:string,taxable_amount:string,inclusive:string,tax_behavior:string>>'),
            entry -> entry.inclusive = 'true' or entry.tax_behavior = 'inclusive'
        ),
        cast(0 as decimal(28, 6)),
        (total, entry) -> cast(
            {{ 'greatest(total, ' if fold == 'max' else '(total + ' }}coalesce(try_cast(entry.{{ key }} as decimal(28, 6)), 0)) as decimal(28, 6)
        )
    )
{%- endmacro %}

{% macro duckdb__included_taxes(document, key, fold) -%}
    case
        when case when json_valid({{ document }}) then json_type({{ document }}) = 'ARRAY' else false end
            then cast(coalesce(list_{{ fold }}(list_transform(
                list_filter(
                    json_extract({{ document }}, '$[*]'),
                    lambda entry: coalesce(json_extract_string(entry, '$.inclusive') = 'true', false)
                    or coalesce(json_extract_string(entry, '$.tax_behavior') = 'inclusive', false)
                ),
                lambda entry: try_cast(json_extract_string(entry, '$.{{ key }}') as decimal(28, 6))
            )), 0) as decimal(28, 6))
    end
{%- endmacro %}

{# The sum of the amounts of a JSON list of taxes, part of the price or not; null where there is no list. #}
{% macro listed_taxes(document) -%}
    {{ return(adapter.dispatch('listed_taxes', 'partner_metrics')(document)) }}
{%- endmacro %}

{% macro default__listed_taxes(document) -%}
    aggregate(
        from_json({{ document }}, 'array<struct<amount:string>>'),
        cast(0 as decimal(28, 6)),
        (total, entry) -> cast(total + coalesce(try_cast(entry.amount as decimal(28, 6)), 0) as decimal(28, 6))
    )
{%- endmacro %}

{% macro duckdb__listed_taxes(document) -%}
    case
        when case when json_valid({{ document }}) then json_type({{ document }}) = 'ARRAY' else false end
            then cast(coalesce(list_sum(list_transform(
                json_extract({{ document }}, '$[*]'),
                lambda entry: try_cast(json_extract_string(entry, '$.amount') as decimal(28, 6))
            )), 0) as decimal(28, 6))
    end
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
