{# What a clock in a time zone shows at an instant kept as UTC without a zone. The zone may be a column. #}
{% macro local_time(timestamp_utc, zone) -%}
    {{ return(adapter.dispatch('local_time', 'partner_metrics')(timestamp_utc, zone)) }}
{%- endmacro %}

{% macro default__local_time(timestamp_utc, zone) -%}
    from_utc_timestamp({{ timestamp_utc }}, {{ zone }})
{%- endmacro %}

{% macro duckdb__local_time(timestamp_utc, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ timestamp_utc }}))
{%- endmacro %}

{# The instant, as UTC without a zone, at which a clock in a time zone shows a time. #}
{% macro utc_time(local_timestamp, zone) -%}
    {{ return(adapter.dispatch('utc_time', 'partner_metrics')(local_timestamp, zone)) }}
{%- endmacro %}

{% macro default__utc_time(local_timestamp, zone) -%}
    to_utc_timestamp({{ local_timestamp }}, {{ zone }})
{%- endmacro %}

{% macro duckdb__utc_time(local_timestamp, zone) -%}
    timezone('UTC', timezone({{ zone }}, {{ local_timestamp }}))
{%- endmacro %}
