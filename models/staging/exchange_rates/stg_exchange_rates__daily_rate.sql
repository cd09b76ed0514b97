with

judged as (
    select * from {{ ref('base_exchange_rates__daily_rate') }}
)

select
    source_relation,
    upper(base_currency) as base_currency,
    upper(currency) as currency,
    rate,
    rate_date,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
