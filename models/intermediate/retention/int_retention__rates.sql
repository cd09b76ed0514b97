-- The exchange rate of each month, and the one at the start of each window that ends with it. A currency that
-- had no rate then keeps the rate of now: nobody held it when the window began.
with

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
)

select
    rates.currency,
    rates.currency_units,
    rates.reporting_units,
    {%- for window in var('retention_windows') %}
        {%- for units in ['currency_units', 'reporting_units'] %}
            coalesce(
                max(case
                    when earlier_rates.month_start = {{ add_months('rates.month_start', -window) }}
                        then earlier_rates.{{ units }}
                end),
                rates.{{ units }}
            ) as {{ units }}_{{ window }},
        {%- endfor %}
    {%- endfor %}
    rates.month_start
from rates
left join rates as earlier_rates
    on rates.currency = earlier_rates.currency and rates.month_start > earlier_rates.month_start
group by rates.currency, rates.currency_units, rates.reporting_units, rates.month_start
