-- Items whose MRR cannot be reported: in force in a month whose end has no exchange rate for their
-- currency. They are quarantined whole, so that no month shows part of a customer's history.
with

items as (
    select * from {{ ref('int_subscription_items__discounted') }}
    where mrr > 0 and currency <> '{{ var("reporting_currency") }}'
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

currencies as (
    select distinct currency from items
),

missing as (
    select
        currencies.currency,
        months.month_start,
        months.month_end
    from currencies
    cross join months
    left join rates
        on currencies.currency = rates.currency and months.month_start = rates.month_start
    where rates.rate is null
)

select
    items.subscription_item_id,
    min(items.customer_id) as customer_id,
    min(items.currency) as currency,
    'missing_rate' as reason_code,
    count(distinct missing.month_start) as months_without_rate,
    min(missing.month_start) as first_month_without_rate
from items
inner join missing
    on
        items.currency = missing.currency
        and items.from_date <= missing.month_end
        and items.to_date >= missing.month_start
group by items.subscription_item_id
