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

{# MRR after discount, never below nothing. `percent_off` is what all percentages take off together, with sixteen
   places; `amount_off` is what all amounts take off in the end. #}
{% macro discounted(gross, percent_off, amount_off) -%}
    greatest(
        {{ lessened(gross, '(100 - ' ~ percent_off ~ ') * 0.01') }} - {{ amount_off }},
        cast(0 as decimal(18, 6))
    )
{%- endmacro %}

{# A monthly amount times a factor of 0 to 1 with eighteen places, half up to six places. #}
{% macro lessened(amount, factor) -%}
    cast(round(cast({{ amount }} as decimal(18, 6)) * cast({{ factor }} as decimal(19, 18)), 6) as decimal(18, 6))
{%- endmacro %}

{# What one billing interval of an item costs, by the best evidence of a dated change (`events`) and the price
   that it names, in major units of the currency. #}
{% macro interval_amount(events, prices) -%}
    case
        when {{ events }}.price_id is null then 0
        when {{ prices }}.usage_type = 'metered'
            then {{ money('cast(coalesce(' ~ prices ~ '.committed_minimum_minor, 0) as decimal(24, 0)) * ' ~ prices ~ '.minor_unit_value') }}
        when {{ events }}.billed_amount_minor is not null
            then {{ money(events ~ '.billed_amount_minor * ' ~ prices ~ '.minor_unit_value') }}
        else {{ interval_price(prices, 'coalesce(' ~ events ~ '.quantity, 1)') }}
    end
{%- endmacro %}

{# The largest rate in native currency that the arithmetic of MRR holds: a hundred billion a month. #}
{% macro largest_native_rate() -%}
    100000000000
{%- endmacro %}

{# True where a change of quantity at the old price would pass that rate: the step between the two cannot be computed. #}
{% macro beyond_range(changes, prices) -%}
    (
        greatest(
            {{ interval_price(prices, changes ~ '.quantity_before') }}, {{ interval_price(prices, changes ~ '.quantity_after') }}
        ) * {{ changes }}.numerator_before
        > cast({{ largest_native_rate() }} as decimal(24, 0)) * {{ changes }}.denominator_before
        or cast({{ changes }}.gross_before as decimal(18, 6)) * cast({{ changes }}.quantity_after as decimal(12, 0))
        > cast({{ largest_native_rate() }} as decimal(12, 0)) * cast({{ changes }}.quantity_before as decimal(12, 0))
    )
{%- endmacro %}
