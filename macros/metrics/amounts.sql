{# What one billing interval of a price costs for a quantity, in major units, as the billing system
   would invoice it: packages first, then whole minor units, half up. Columns are the price's. #}
{% macro interval_price(prices, quantity) -%}
    {{ money(interval_price_minor(prices, quantity) ~ ' * ' ~ prices ~ '.minor_unit_value') }}
{%- endmacro %}

{# The same in minor units. #}
{% macro interval_price_minor(prices, quantity) -%}
    round(cast({{ packages(prices, quantity) }} as decimal(12, 0)) * cast({{ prices }}.unit_amount_minor as decimal(26, 12)), 0)
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
   that it names, in major units of the currency. What a price costs in another currency than its own is unknown. #}
{% macro interval_amount(events, prices) -%}
    case
        when {{ events }}.price_id is null then 0
        when {{ prices }}.usage_type = 'metered' and coalesce({{ prices }}.committed_minimum_minor, 0) = 0 then 0
        when {{ prices }}.usage_type = 'metered' and {{ events }}.currency <> {{ prices }}.currency then null
        when {{ prices }}.usage_type = 'metered'
            then {{ money('cast(' ~ prices ~ '.committed_minimum_minor as decimal(24, 0)) * ' ~ prices ~ '.minor_unit_value') }}
        when {{ events }}.billed_amount_minor is not null
            then {{ money(events ~ '.billed_amount_minor * ' ~ events ~ '.minor_unit_value') }}
        when {{ events }}.currency <> {{ prices }}.currency then null
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

{# The instant some billing intervals of a price after (or, with a minus, before) another. #}
{% macro plus_intervals(instant, prices, intervals) -%}
    case
        when {{ prices }}.interval_unit = 'day'
            then {{ dbt.dateadd('day', intervals ~ ' * ' ~ prices ~ '.interval_count', instant) }}
        when {{ prices }}.interval_unit = 'week'
            then {{ dbt.dateadd('day', intervals ~ ' * 7 * ' ~ prices ~ '.interval_count', instant) }}
        when {{ prices }}.interval_unit = 'year'
            then {{ dbt.dateadd('month', intervals ~ ' * 12 * ' ~ prices ~ '.interval_count', instant) }}
        else {{ dbt.dateadd('month', intervals ~ ' * ' ~ prices ~ '.interval_count', instant) }}
    end
{%- endmacro %}

{# True where an amount is the share part/whole of another, to the minor unit that the billing system rounds to. #}
{% macro is_share_of(amount, full, part, whole) -%}
    abs({{ amount }} - {{ portion(full, part, whole, type_money()) }}) <= 1
{%- endmacro %}

{# True where a regular line of a period that is cut short costs the share of a full interval (`full_amount`) that the
   period is: of the interval that ends with it or begins with it, by the second or by the day, or by days of a mean
   month or of a month of thirty. #}
{% macro is_cut_share(full_amount) -%}
    {%- set amount = '(amount_minor - whole_intervals * ' ~ full_amount ~ ')' -%}
    {%- set days = dbt.datediff(local_date('period_started_at'), local_date('cut_ends_at'), 'day') -%}
    (
        {{ amount }} > 0
        and (
            {{ is_share_of(
                amount, full_amount, dbt.datediff('period_started_at', 'cut_ends_at', 'second'),
                dbt.datediff('cut_interval_started_at', 'cut_ends_at', 'second')
            ) }}
            or {{ is_share_of(
                amount, full_amount, days, dbt.datediff(local_date('cut_interval_started_at'), local_date('cut_ends_at'), 'day')
            ) }}
            or {{ is_share_of(amount, full_amount, '12 * ' ~ days ~ ' * month_numerator', '365 * month_denominator') }}
            or {{ is_share_of(amount, full_amount, days ~ ' * month_numerator', '30 * month_denominator') }}
            or (whole_intervals = 0 and {{ is_share_of(
                amount, full_amount, dbt.datediff('period_started_at', 'cut_ends_at', 'second'),
                dbt.datediff('period_started_at', 'interval_ends_at', 'second')
            ) }})
            or (whole_intervals = 0 and {{ is_share_of(
                amount, full_amount, days, dbt.datediff(local_date('period_started_at'), local_date('interval_ends_at'), 'day')
            ) }})
        )
    )
{%- endmacro %}

{# An amount in the reporting currency, and one of the reporting currency in another, by the official rates of a month's
   end (`int_exchange_rates__month_end`). `of` is what the names of the rates end in. #}
{% macro in_reporting_currency(amount, rates, type='decimal(18, 6)', of='') -%}
    {{ exchanged(amount, rates ~ '.reporting_units' ~ of, rates ~ '.currency_units' ~ of, type) }}
{%- endmacro %}

{% macro from_reporting_currency(amount, rates) -%}
    {{ exchanged(amount, rates ~ '.currency_units', rates ~ '.reporting_units', type_money()) }}
{%- endmacro %}
