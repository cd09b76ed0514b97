{# amount * numerator / denominator, rounded half up to six places, without passing through floating
   point. The amount is a decimal with at most six places and not negative; the others are integers.
   DuckDB divides decimals as doubles, hence the integer arithmetic there. The result is narrow, because MRR is
   kept within bounds (`largest_item_mrr`); for amounts that nothing bounds pass `type_money()` as the type. #}
{% macro scaled(amount, numerator, denominator, type='decimal(18, 6)') -%}
    {{ return(adapter.dispatch('scaled', 'partner_metrics')(amount, numerator, denominator, type)) }}
{%- endmacro %}

{% macro default__scaled(amount, numerator, denominator, type) -%}
    cast(round(
        cast({{ amount }} as decimal(24, 6)) * cast({{ numerator }} as decimal(7, 0))
        / cast({{ denominator }} as decimal(7, 0)), 6
    ) as {{ type }})
{%- endmacro %}

{% macro duckdb__scaled(amount, numerator, denominator, type) -%}
    cast(
        cast(
            (
                2 * cast(cast({{ amount }} as decimal(24, 6)) * 1000000 as hugeint) * ({{ numerator }})
                + ({{ denominator }})
            ) // (2 * ({{ denominator }}))
            as decimal(24, 0)
        ) * cast(0.000001 as decimal(7, 6))
        as {{ type }}
    )
{%- endmacro %}

{# Decimal multiplication rounded half up to six places. #}
{% macro times(amount, factor, type='decimal(18, 6)') -%}
    cast(round(cast({{ amount }} as decimal(24, 6)) * {{ factor }}, 6) as {{ type }})
{%- endmacro %}

{# whole * part / total, half up to six places: the share of an amount that falls to a part. #}
{% macro portion(whole, part, total, type='decimal(18, 6)') -%}
    {{ return(adapter.dispatch('portion', 'partner_metrics')(whole, part, total, type)) }}
{%- endmacro %}

{% macro default__portion(whole, part, total, type) -%}
    cast(round(
        cast({{ whole }} as decimal(18, 6)) * cast({{ part }} as decimal(18, 6)) / cast({{ total }} as decimal(18, 6)), 6
    ) as {{ type }})
{%- endmacro %}

{% macro duckdb__portion(whole, part, total, type) -%}
    cast(
        cast(
            (
                2 * cast(cast({{ whole }} as decimal(24, 6)) * 1000000 as hugeint)
                * cast(cast({{ part }} as decimal(24, 6)) * 1000000 as hugeint)
                + cast(cast({{ total }} as decimal(24, 6)) * 1000000 as hugeint)
            ) // (2 * cast(cast({{ total }} as decimal(24, 6)) * 1000000 as hugeint))
            as decimal(24, 0)
        ) * cast(0.000001 as decimal(7, 6))
        as {{ type }}
    )
{%- endmacro %}

{# amount * multiplier / divisor, half up (away from nought) to six places, without passing through floating point: money
   in another currency, by the official rates as published. The amount has any sign, the others are positive and have at
   most eight places. Integers all the way: the whole divisors that the amount holds are multiplied by themselves, and the
   rest, which is less than one divisor, before it is divided. Rates below 10^10 are below 10^18 in their last place, so
   that no product passes 2 * 10^36 + 10^18, save one that is no larger than the result: 38 digits and 128 bits hold it. #}
{% macro exchanged(amount, multiplier, divisor, type='decimal(18, 6)') -%}
    {{ return(adapter.dispatch('exchanged', 'partner_metrics')(amount, multiplier, divisor, type)) }}
{%- endmacro %}

{# Spark rounds what it divides, save where nothing is left over: so what is left over is taken off first. #}
{% macro default__exchanged(amount, multiplier, divisor, type) -%}
    {%- set units = 'cast(cast(abs(' ~ amount ~ ') as decimal(28, 6)) * 1000000 as decimal(28, 0))' -%}
    {%- set factor = 'cast(cast(' ~ multiplier ~ ' as decimal(28, 8)) * 100000000 as decimal(18, 0))' -%}
    {%- set part = 'cast(cast(' ~ divisor ~ ' as decimal(28, 8)) * 100000000 as decimal(18, 0))' -%}
    {%- set left_over = 'cast(' ~ units ~ ' % ' ~ part ~ ' as decimal(18, 0))' -%}
    {%- set doubled = 'cast(2 * ' ~ part ~ ' as decimal(19, 0))' -%}
    {%- set rest = 'cast(cast(' ~ left_over ~ ' * ' ~ factor ~ ' as decimal(37, 0)) * 2 + ' ~ part ~ ' as decimal(38, 0))' -%}
    cast(
        sign({{ amount }}) * (
            cast(cast(({{ units }} - {{ left_over }}) / {{ part }} as decimal(28, 0)) * {{ factor }} as decimal(38, 0))
            + cast(({{ rest }} - {{ rest }} % {{ doubled }}) / {{ doubled }} as decimal(38, 0))
        ) * cast(0.000001 as decimal(7, 6))
        as {{ type }}
    )
{%- endmacro %}

{% macro duckdb__exchanged(amount, multiplier, divisor, type) -%}
    {%- set units = 'cast(cast(abs(' ~ amount ~ ') as decimal(28, 6)) * 1000000 as hugeint)' -%}
    {%- set factor = 'cast(cast(' ~ multiplier ~ ' as decimal(28, 8)) * 100000000 as hugeint)' -%}
    {%- set part = 'cast(cast(' ~ divisor ~ ' as decimal(28, 8)) * 100000000 as hugeint)' -%}
    cast(
        cast(
            cast(sign({{ amount }}) as integer) * (
                ({{ units }} // {{ part }}) * {{ factor }}
                + (2 * ({{ units }} % {{ part }}) * {{ factor }} + {{ part }}) // (2 * {{ part }})
            )
            as decimal(32, 0)
        ) * cast(0.000001 as decimal(6, 6))
        as {{ type }}
    )
{%- endmacro %}

{# One positive rate over another, half up to ten places: to look at, never to compute with. #}
{% macro rate_ratio(numerator, denominator) -%}
    {{ return(adapter.dispatch('rate_ratio', 'partner_metrics')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__rate_ratio(numerator, denominator) -%}
    cast(round(cast({{ numerator }} as decimal(18, 8)) / cast({{ denominator }} as decimal(18, 8)), 10) as decimal(18, 10))
{%- endmacro %}

{% macro duckdb__rate_ratio(numerator, denominator) -%}
    cast(
        cast(
            (
                2 * cast(cast({{ numerator }} as decimal(20, 8)) * 100000000 as hugeint) * 10000000000
                + cast(cast({{ denominator }} as decimal(20, 8)) * 100000000 as hugeint)
            ) // (2 * cast(cast({{ denominator }} as decimal(20, 8)) * 100000000 as hugeint))
            as decimal(20, 0)
        ) * cast(0.0000000001 as decimal(11, 10))
        as decimal(18, 10)
    )
{%- endmacro %}

{# How many whole units go into an amount, neither of them negative. DuckDB divides decimals as doubles, and 0.15 holds
   three times 0.05. #}
{% macro whole_units(amount, unit) -%}
    {{ return(adapter.dispatch('whole_units', 'partner_metrics')(amount, unit)) }}
{%- endmacro %}

{% macro default__whole_units(amount, unit) -%}
    cast(floor(cast({{ amount }} as decimal(24, 6)) / cast({{ unit }} as decimal(24, 6))) as decimal(18, 0))
{%- endmacro %}

{% macro duckdb__whole_units(amount, unit) -%}
    cast(
        cast(cast({{ amount }} as decimal(24, 6)) * 1000000 as hugeint)
        // cast(cast({{ unit }} as decimal(24, 6)) * 1000000 as hugeint)
        as decimal(18, 0)
    )
{%- endmacro %}

{# An amount of any sign by a positive divisor with at most ten places, half up (away from nought) to six places,
   without passing through floating point: money in another currency, a mean, a ratio of growth. #}
{% macro divided(amount, divisor) -%}
    {{ return(adapter.dispatch('divided', 'partner_metrics')(amount, divisor)) }}
{%- endmacro %}

{% macro default__divided(amount, divisor) -%}
    cast(round(cast({{ amount }} as decimal(24, 6)) / cast({{ divisor }} as decimal(26, 10)), 6) as {{ type_money() }})
{%- endmacro %}

{% macro duckdb__divided(amount, divisor) -%}
    cast(
        sign({{ amount }}) * cast(
            (
                2 * cast(cast(abs({{ amount }}) as decimal(24, 6)) * 1000000 as hugeint) * 10000000000
                + cast(cast({{ divisor }} as decimal(26, 10)) * 10000000000 as hugeint)
            ) // (2 * cast(cast({{ divisor }} as decimal(26, 10)) * 10000000000 as hugeint))
            as decimal(24, 0)
        ) * cast(0.000001 as decimal(7, 6))
        as {{ type_money() }}
    )
{%- endmacro %}

{# part / whole in percent, half up to sixteen places. Both are amounts with at most six places, the part not larger. #}
{% macro percentage(part, whole) -%}
    {{ return(adapter.dispatch('percentage', 'partner_metrics')(part, whole)) }}
{%- endmacro %}

{% macro default__percentage(part, whole) -%}
    cast(round(cast({{ part }} as decimal(18, 3)) * 100 / cast({{ whole }} as decimal(18, 3)), 16) as decimal(19, 16))
{%- endmacro %}

{% macro duckdb__percentage(part, whole) -%}
    cast(
        cast(
            (
                2 * cast(cast({{ part }} as decimal(18, 6)) * 1000000 as hugeint) * 1000000000000000000
                + cast(cast({{ whole }} as decimal(18, 6)) * 1000000 as hugeint)
            ) // (2 * cast(cast({{ whole }} as decimal(18, 6)) * 1000000 as hugeint))
            as decimal(19, 0)
        ) * cast(0.0000000000000001 as decimal(17, 16))
        as decimal(19, 16)
    )
{%- endmacro %}
