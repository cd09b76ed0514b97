{# amount * numerator / denominator, rounded half up to six places, without passing through floating
   point. The amount is a decimal with at most six places and not negative; the others are integers.
   DuckDB divides decimals as doubles, hence the integer arithmetic there. #}
{% macro scaled(amount, numerator, denominator) -%}
    {{ return(adapter.dispatch('scaled', 'partner_metrics')(amount, numerator, denominator)) }}
{%- endmacro %}

{% macro default__scaled(amount, numerator, denominator) -%}
    cast(round(
        cast({{ amount }} as decimal(24, 6)) * cast({{ numerator }} as decimal(7, 0))
        / cast({{ denominator }} as decimal(7, 0)), 6
    ) as decimal(18, 6))
{%- endmacro %}

{% macro duckdb__scaled(amount, numerator, denominator) -%}
    cast(
        cast(
            (
                2 * cast(cast({{ amount }} as decimal(24, 6)) * 1000000 as hugeint) * ({{ numerator }})
                + ({{ denominator }})
            ) // (2 * ({{ denominator }}))
            as decimal(24, 0)
        ) * cast(0.000001 as decimal(7, 6))
        as decimal(18, 6)
    )
{%- endmacro %}

{# Decimal multiplication rounded half up to six places. #}
{% macro times(amount, factor) -%}
    cast(round({{ amount }} * {{ factor }}, 6) as decimal(18, 6))
{%- endmacro %}
