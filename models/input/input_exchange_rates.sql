with

rates as (
    select * from {{ ref('stg_exchange_rates__daily_rate') }}
)

select
    base_currency,
    currency,
    rate,
    rate_date
from rates
