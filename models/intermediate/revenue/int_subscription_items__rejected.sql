-- Items whose MRR cannot be reported, held back whole: without an exchange rate in a month in force; on a price without
-- an amount, or in another currency, before an invoice says what they cost; or worth more than any item is.
with

items as (
    select * from {{ ref('int_subscription_items__discounted') }}
    where mrr > 0 and currency <> '{{ var("reporting_currency") }}'
),

all_items as (
    select * from {{ ref('int_subscription_items__discounted') }}
),

beyond_range as (
    select * from {{ ref('int_subscription_items__beyond_range') }}
),

events as (
    select * from {{ ref('int_subscription_items__rate_events') }}
    where billed_amount_minor is null
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

priced as (
    select distinct subscription_item_id from {{ ref('int_subscription_items__gross_intervals') }}
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
    where rates.currency is null
),

without_rate as (
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
),

-- the rate is unknown as long as no invoice says it
without_amount as (
    select
        events.subscription_item_id,
        min(subscriptions.customer_id) as customer_id,
        min(events.currency) as currency,
        case
            when max(case when events.currency <> prices.currency then 1 else 0 end) = 1 then 'price_in_other_currency'
            else 'price_without_amount'
        end as reason_code,
        cast(0 as bigint) as months_without_rate,
        cast(null as date) as first_month_without_rate
    from events
    inner join prices
        on
            events.price_id = prices.price_id
            and (
                (prices.usage_type = 'licensed' and prices.unit_amount_minor is null)
                or (
                    events.currency <> prices.currency
                    and (prices.usage_type = 'licensed' or prices.committed_minimum_minor > 0)
                )
            )
    inner join subscriptions
        on
            events.subscription_id = subscriptions.subscription_id
            and subscriptions.status in ('active', 'past_due')
            and subscriptions.exclusion_reason is null
    left join priced on events.subscription_item_id = priced.subscription_item_id
    where priced.subscription_item_id is null
    group by events.subscription_item_id
),

highest_rates as (
    select
        currency,
        currency_units,
        reporting_units,
        row_number() over (partition by currency order by rate desc, month_start asc) as place
    from rates
),

too_large as (
    select
        all_items.subscription_item_id,
        min(all_items.customer_id) as customer_id,
        min(all_items.currency) as currency,
        'implausible_amount' as reason_code,
        cast(0 as bigint) as months_without_rate,
        cast(null as date) as first_month_without_rate
    from all_items
    inner join highest_rates on all_items.currency = highest_rates.currency and highest_rates.place = 1
    left join without_rate on all_items.subscription_item_id = without_rate.subscription_item_id
    where
        {{ in_reporting_currency('all_items.mrr', 'highest_rates', type_money()) }} > {{ var('largest_item_mrr') }}
        and without_rate.subscription_item_id is null
    group by all_items.subscription_item_id
    union all
    select
        beyond_range.subscription_item_id,
        subscriptions.customer_id,
        beyond_range.currency,
        'implausible_amount' as reason_code,
        cast(0 as bigint) as months_without_rate,
        cast(null as date) as first_month_without_rate
    from beyond_range
    inner join subscriptions on beyond_range.subscription_id = subscriptions.subscription_id
)

select * from without_rate
union all
select * from without_amount
union all
select * from too_large
