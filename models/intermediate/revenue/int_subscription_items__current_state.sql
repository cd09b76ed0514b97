-- Items as they are now beside the last that invoices say of them: with the currency that they are billed in (of their
-- own lines, else of the subscription's other lines, else of the billing account, else of the price), and from when
-- the current state counts.
with

items as (
    select * from {{ ref('input_subscription_items') }}
),

billed as (
    select * from {{ ref('int_subscription_items__billed_rates') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

billing_accounts as (
    select * from {{ ref('input_billing_accounts') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

latest_billed as (
    select * from billed
    where is_latest
),

subscription_currencies as (
    select
        subscription_id,
        min(currency) as currency
    from latest_billed
    group by subscription_id
    having min(currency) = max(currency)
),

-- the last interval whose amount is known, by which a change at the same price is valued in another currency
amounts as (
    select
        *,
        row_number() over (partition by subscription_item_id order by period_started_at desc) as recency
    from billed
    where regular_amount_minor > 0 and not is_odd_length
),

compared as (
    select
        items.subscription_item_id,
        items.subscription_id,
        items.price_id,
        items.quantity,
        items.created_at,
        coalesce(items.created_at, subscriptions.started_at) as started_at,
        items.first_synced_at,
        items.synced_at,
        latest_billed.period_started_at as billed_from_at,
        latest_billed.period_ends_at as billed_until_at,
        latest_billed.subscription_item_id is not null as is_invoiced,
        subscriptions.status not in ('canceled', 'incomplete_expired')
        and (
            latest_billed.evidence_rank = 1
            or latest_billed.price_id <> items.price_id
            or (prices.usage_type = 'licensed' and latest_billed.quantity <> items.quantity)
        ) as is_changed,
        coalesce(
            latest_billed.currency, subscription_currencies.currency, billing_accounts.currency, prices.currency
        ) as currency,
        prices.currency as price_currency,
        case
            when
                amounts.price_id = items.price_id
                and amounts.currency = latest_billed.currency
                and latest_billed.currency <> prices.currency
                and prices.billing_scheme <> 'tiered'
                and {{ packages('prices', 'amounts.quantity') }} > 0
                then
                    cast(round({{ portion(
                        'amounts.regular_amount_minor', packages('prices', 'items.quantity'),
                        packages('prices', 'amounts.quantity'), type_money()
                    ) }}, 0) as bigint)
        end as scaled_amount_minor
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    inner join prices on items.price_id = prices.price_id
    left join latest_billed on items.subscription_item_id = latest_billed.subscription_item_id
    left join amounts on items.subscription_item_id = amounts.subscription_item_id and amounts.recency = 1
    left join subscription_currencies on items.subscription_id = subscription_currencies.subscription_id
    left join billing_accounts on subscriptions.billing_account_id = billing_accounts.billing_account_id
)

select
    compared.subscription_item_id,
    compared.subscription_id,
    compared.price_id,
    compared.currency,
    currencies.minor_unit_value,
    compared.is_invoiced,
    compared.quantity,
    compared.scaled_amount_minor,
    compared.created_at,
    case
        when not compared.is_invoiced then compared.started_at
        -- an invoice that came after the item was first seen like this, and billed otherwise, stands for its period
        when compared.first_synced_at < compared.billed_from_at and compared.synced_at >= compared.billed_from_at
            then compared.billed_until_at
        else compared.first_synced_at
    end as occurred_at
from compared
left join currencies on compared.currency = currencies.currency_code
where not compared.is_invoiced or compared.is_changed
