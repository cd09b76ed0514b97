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

{# An instant written as text, as UTC without a zone; null where it cannot be read. An offset in the text counts:
   00:30+02:00 is 22:30 of the day before. Sessions run in UTC, so that a text without one is UTC. #}
{% macro utc_timestamp(text) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'partner_metrics')(text)) }}
{%- endmacro %}

{% macro default__utc_timestamp(text) -%}
    try_cast({{ text }} as timestamp)
{%- endmacro %}

{% macro duckdb__utc_timestamp(text) -%}
    timezone('UTC', try_cast({{ text }} as timestamptz))
{%- endmacro %}

{# An instant inside a document, as UTC without a zone: as text, or in the seconds since 1970 of the billing API. #}
{% macro document_timestamp(text) -%}
    {{ return(adapter.dispatch('document_timestamp', 'partner_metrics')(text)) }}
{%- endmacro %}

{% macro default__document_timestamp(text) -%}
    coalesce(cast(timestamp_seconds(try_cast({{ text }} as bigint)) as timestamp), {{ utc_timestamp(text) }})
{%- endmacro %}

{% macro duckdb__document_timestamp(text) -%}
    coalesce(make_timestamp(1000000 * try_cast({{ text }} as bigint)), {{ utc_timestamp(text) }})
{%- endmacro %}
