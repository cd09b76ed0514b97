-- Where the sources of an item's rate disagree, and which was believed: the invoice before the list price,
-- the current item before an older invoice.
with

events as (
    select * from {{ ref('int_subscription_items__rate_events') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

compared as (
    select
        events.subscription_item_id,
        events.subscription_id,
        events.price_id,
        events.currency,
        events.evidence,
        events.quantity,
        events.is_odd_length,
        {{ money('events.billed_amount_minor * prices.minor_unit_value') }} as invoiced_amount,
        {{ interval_price('prices', 'coalesce(events.quantity, 1)') }} as list_amount,
        events.event_date
    from events
    inner join prices on events.price_id = prices.price_id
    where
        prices.usage_type = 'licensed'
        and prices.billing_scheme = 'per_unit'
        and prices.unit_amount_minor is not null
        and events.currency = prices.currency
)

select
    subscription_item_id,
    subscription_id,
    price_id,
    currency,
    case
        when evidence = 'current_item' then 'item_changed_since_last_invoice'
        when is_odd_length then 'odd_length_term'
        else 'invoice_differs_from_list_price'
    end as conflict,
    case when evidence = 'current_item' then 'current_item' else 'invoice_line' end as believed,
    quantity,
    invoiced_amount,
    list_amount,
    event_date
from compared
where
    evidence = 'current_item'
    or (evidence = 'invoice_line' and invoiced_amount <> list_amount)
