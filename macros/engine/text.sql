{# The text, or null where there is nothing but blanks. #}
{% macro present_text(expression) -%}
    case when trim({{ expression }}) <> '' then {{ expression }} end
{%- endmacro %}

{# True for an identifier that a connector has damaged: control characters, characters that nobody sees (a byte
   order mark, blanks of no width), the mark that stands where bytes could not be decoded, blanks at an end. #}
{% macro has_damaged_text(expression) -%}
    {{ return(adapter.dispatch('has_damaged_text', 'partner_metrics')(expression)) }}
{%- endmacro %}

{% macro default__has_damaged_text(expression) -%}
    {{ expression }} rlike '[\\x00-\\x1F\\x7F-\\x9F\\u00A0\\u00AD\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u2064\\uFEFF\\uFFFD]|^ | $'
{%- endmacro %}

{% macro duckdb__has_damaged_text(expression) -%}
    regexp_matches(
        {{ expression }},
        '[\x00-\x1F\x7F-\x{9F}\x{A0}\x{AD}\x{200B}-\x{200F}\x{2028}-\x{202E}\x{2060}-\x{2064}\x{FEFF}\x{FFFD}]|^ | $'
    )
{%- endmacro %}

{# Descriptive text made printable: damaged characters become a question mark. #}
{% macro printable(expression) -%}
    {{ return(adapter.dispatch('printable', 'partner_metrics')(expression)) }}
{%- endmacro %}

{% macro default__printable(expression) -%}
    regexp_replace({{ expression }}, '[\\x00-\\x1F\\x7F\\uFFFD]', '?')
{%- endmacro %}

{% macro duckdb__printable(expression) -%}
    regexp_replace({{ expression }}, '[\x00-\x1F\x7F\x{FFFD}]', '?', 'g')
{%- endmacro %}

{# The values of a group as one text, in order. #}
{% macro ordered_list(expression, order_by) -%}
    {{ return(adapter.dispatch('ordered_list', 'partner_metrics')(expression, order_by)) }}
{%- endmacro %}

{% macro default__ordered_list(expression, order_by) -%}
    array_join(array_sort(collect_list({{ expression }})), '|')
{%- endmacro %}

{% macro duckdb__ordered_list(expression, order_by) -%}
    string_agg({{ expression }}, '|' order by {{ order_by }})
{%- endmacro %}

{# A number as people write it: thousands apart, so many decimals. For sentences, never to compute with. #}
{% macro number_text(expression, places) -%}
    {{ return(adapter.dispatch('number_text', 'partner_metrics')(expression, places)) }}
{%- endmacro %}

{% macro default__number_text(expression, places) -%}
    format_number({{ expression }}, {{ places }})
{%- endmacro %}

{% macro duckdb__number_text(expression, places) -%}
    format('{:,.{{ places }}f}', {{ expression }})
{%- endmacro %}
