{# Points that a value of a component earns, by the component's score function; `component` and `band` are aliases of a
   row of the scorecard and of the band that the value lies in. Values below nothing earn what nothing earns. #}
{% macro points_earned(component, value, band_points) -%}
    {%- set amount = 'greatest(coalesce(' ~ value ~ ', 0), 0)' -%}
    cast(
        greatest(
            {{ component }}.min_points,
            least(
                {{ component }}.max_points,
                coalesce(
                    case {{ component }}.score_function
                        when 'linear_to_cap'
                            then {{ portion(component ~ '.max_points', amount, component ~ '.threshold') }}
                        when 'per_unit' then {{ times(amount, component ~ '.unit_value') }}
                        when 'step'
                            then {{ times(component ~ '.unit_value', whole_units(amount, component ~ '.threshold')) }}
                        when 'ratio' then {{ times(component ~ '.max_points', amount) }}
                        when 'band' then {{ band_points }}
                        when 'boolean'
                            then case
                                when {{ amount }} > 0 and {{ amount }} >= coalesce({{ component }}.threshold, 0)
                                    then {{ component }}.max_points
                                else 0
                            end
                    end,
                    0
                )
            )
        )
        as decimal(18, 6)
    )
{%- endmacro %}

{# The smallest value that earns so many points, rounded up to what people can bring: whole units, cents, thousandths of
   a ratio. `band_bound` is the lower end of the first band with as many points. #}
{% macro value_for_points(component, points, band_bound) -%}
    case {{ component }}.score_function
        when 'linear_to_cap'
            then {{ portion(component ~ '.threshold', points, component ~ '.max_points') }}
        when 'per_unit' then {{ portion(points, '1', component ~ '.unit_value') }}
        when 'step'
            then {{ times(
                component ~ '.threshold',
                '(' ~ whole_units(points, component ~ '.unit_value')
                ~ ' + case when ' ~ times(whole_units(points, component ~ '.unit_value'), component ~ '.unit_value')
                ~ ' < ' ~ points ~ ' then 1 else 0 end)'
            ) }}
        when 'ratio' then {{ portion(points, '1', component ~ '.max_points') }}
        when 'band' then {{ band_bound }}
        when 'boolean' then coalesce({{ component }}.threshold, 1)
    end
{%- endmacro %}

{# An amount of a measure in words: `2`, `1,200.00 EUR`, `3.5 percentage points`. #}
{% macro measure_text(amount, unit_kind, currency) -%}
    case {{ unit_kind }}
        when 'money' then {{ number_text(amount, 2) }} || ' ' || {{ currency }}
        when 'ratio' then {{ number_text('100 * ' ~ amount, 1) }} || ' percentage points'
        when 'points' then {{ points_text(amount) }} || ' points'
        else {{ number_text(amount, 0) }}
    end
{%- endmacro %}

{# Points in words: whole where they are. #}
{% macro points_text(points) -%}
    case
        when {{ points }} = floor({{ points }}) then {{ number_text(points, 0) }}
        else {{ number_text(points, 2) }}
    end
{%- endmacro %}

{# Such an amount, rounded up to what people can bring. #}
{% macro rounded_up(amount, unit_kind) -%}
    case {{ unit_kind }}
        when 'money' then {{ ceiling_to(amount, '0.01') }}
        when 'ratio' then {{ ceiling_to(amount, '0.001') }}
        when 'points' then {{ ceiling_to(amount, '0.01') }}
        else {{ ceiling_to(amount, '1') }}
    end
{%- endmacro %}

{% macro ceiling_to(amount, unit) -%}
    {%- set units = whole_units(amount, unit) -%}
    cast({{ times(unit, units) }} + case when {{ times(unit, units) }} < {{ amount }} then {{ unit }} else 0 end
        as decimal(28, 6))
{%- endmacro %}
