{# The calendar date, in the reporting time zone, of an instant kept as UTC without a zone. #}
{% macro local_date(timestamp_utc) -%}
    {{ return(adapter.dispatch('local_date', 'partner_metrics')(timestamp_utc)) }}
{%- endmacro %}

{% macro default__local_date(timestamp_utc) -%}
    cast(from_utc_timestamp({{ timestamp_utc }}, '{{ var("reporting_time_zone") }}') as date)
{%- endmacro %}

{% macro duckdb__local_date(timestamp_utc) -%}
    cast(timezone('{{ var("reporting_time_zone") }}', timezone('UTC', {{ timestamp_utc }})) as date)
{%- endmacro %}

{# A date some months later; the day is clamped to the length of the month. #}
{% macro add_months(date_expression, months) -%}
    {{ return(adapter.dispatch('add_months', 'partner_metrics')(date_expression, months)) }}
{%- endmacro %}

{% macro default__add_months(date_expression, months) -%}
    add_months({{ date_expression }}, {{ months }})
{%- endmacro %}

{% macro duckdb__add_months(date_expression, months) -%}
    cast(({{ date_expression }}) + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{# The first day of the month. #}
{% macro month_of(date_expression) -%}
    cast({{ dbt.date_trunc('month', date_expression) }} as date)
{%- endmacro %}

{% macro last_day_of_month(month_date) -%}
    cast({{ dbt.last_day(month_date, 'month') }} as date)
{%- endmacro %}

{# No end in sight: stands in for an open end, so that intervals compare without null handling. #}
{% macro open_end() -%}
    cast('9999-12-31' as date)
{%- endmacro %}
