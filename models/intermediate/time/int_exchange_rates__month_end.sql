-- What a currency is worth in the reporting currency at the end of each month: the newest official rates, if they are
-- not too old, as they are published; none is inverted or crossed before an amount is multiplied and divided by them. A
-- currency without one has no row; nothing is assumed.
with

rates as (
    select * from {{ ref('input_exchange_rates') }}
),

months as (
    select * from {{ ref('int_months') }}
),

candidates as (
    select
        months.month_start,
        rates.base_currency,
        rates.currency,
        rates.rate,
        row_number() over (
            partition by months.month_start, rates.base_currency, rates.currency
            order by rates.rate_date desc
        ) as recency
    from months
    inner join rates
        on
            months.month_end >= rates.rate_date
            and rates.rate_date >= {{ dbt.dateadd('day', -var('exchange_rate_max_age_days'), 'months.month_end') }}
),

-- units of each currency for one unit of the base, the base itself included
units as (
    select
        month_start,
        base_currency,
        currency,
        cast(rate as decimal(18, 8)) as units_per_base
    from candidates
    where recency = 1
    union
    select
        month_start,
        base_currency,
        base_currency as currency,
        cast(1 as decimal(18, 8)) as units_per_base
    from candidates
),

-- a rate against the reporting currency itself comes before one by way of a third
converted as (
    select
        currency_units.currency,
        currency_units.month_start,
        currency_units.units_per_base as currency_units,
        reporting_units.units_per_base as reporting_units,
        row_number() over (
            partition by currency_units.currency, currency_units.month_start
            order by
                case currency_units.base_currency
                    when '{{ var("reporting_currency") }}' then 1 when currency_units.currency then 2 else 3
                end,
                currency_units.base_currency
        ) as place
    from units as currency_units
    inner join units as reporting_units
        on
            currency_units.month_start = reporting_units.month_start
            and currency_units.base_currency = reporting_units.base_currency
            and reporting_units.currency = '{{ var("reporting_currency") }}'
            -- no unit of a currency is worth a million of another: one of the two rates is wrong
            and reporting_units.units_per_base < cast(1000000 as decimal(10, 0)) * cast(currency_units.units_per_base as decimal(28, 8))
),

all_rates as (
    select
        currency,
        month_start,
        currency_units,
        reporting_units
    from converted
    where currency <> '{{ var("reporting_currency") }}' and place = 1
    union all
    select
        '{{ var("reporting_currency") }}' as currency,
        month_start,
        cast(1 as decimal(18, 8)) as currency_units,
        cast(1 as decimal(18, 8)) as reporting_units
    from months
)

select
    currency,
    month_start,
    currency_units,
    reporting_units,
    {{ rate_ratio('reporting_units', 'currency_units') }} as rate
from all_rates
