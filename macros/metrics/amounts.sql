{# What one billing interval of a price costs for a quantity, in major units, as the billing system
   would invoice it: packages first, then whole minor units, half up. Columns are the price's. #}
{% macro interval_price(prices, quantity) -%}
    {{ money(
        'round('
        ~ 'cast(' ~ packages(prices, quantity) ~ ' as decimal(12, 0)) * cast(' ~ prices ~ '.unit_amount_minor as decimal(26, 12)), 0)'
        ~ ' * ' ~ prices ~ '.minor_unit_value'
    ) }}
{%- endmacro %}

{% macro packages(prices, quantity) -%}
    (case
        when {{ prices }}.package_size = 1 then {{ quantity }}
        when {{ prices }}.package_rounding = 'down'
            then cast(floor({{ quantity }} / {{ prices }}.package_size) as bigint)
        else cast(ceiling({{ quantity }} / {{ prices }}.package_size) as bigint)
    end)
{%- endmacro %}

{# MRR after discount: percent off first, then an amount, never below nothing. #}
{% macro discounted(gross, percent_off, amount_off) -%}
    greatest(
        {{ times('cast(' ~ gross ~ ' as decimal(18, 6))', 'cast((100 - ' ~ percent_off ~ ') * 0.01 as decimal(9, 6))') }} - {{ amount_off }},
        cast(0 as decimal(18, 6))
    )
{%- endmacro %}
