-- Every item of the subscriptions that an incomplete line is of, with every price that it had: as listed, and as it
-- stood on lines. Removed items have no row any more, but stand on other lines.
with

incomplete as (
    select * from {{ ref('stg_stripe__incomplete_line') }}
),

lines as (
    select * from {{ ref('stg_stripe__invoice_line_item') }}
),

items as (
    select * from {{ ref('stg_stripe__subscription_item') }}
),

prices as (
    select * from {{ ref('stg_stripe__price') }}
),

concerned as (
    select distinct
        source_relation,
        subscription_id
    from incomplete
    where subscription_id is not null
),

complete as (
    select lines.*
    from lines
    inner join concerned
        on lines.subscription_id = concerned.subscription_id and lines.source_relation = concerned.source_relation
    where lines.subscription_item_id is not null and lines.price_id is not null
),

item_prices as (
    select
        source_relation,
        subscription_id,
        subscription_item_id,
        price_id,
        synced_at as known_at,
        1 as is_listed
    from items
    union all
    select
        source_relation,
        subscription_id,
        subscription_item_id,
        price_id,
        period_started_at as known_at,
        0 as is_listed
    from complete
)

select
    item_prices.*,
    prices.product_id,
    row_number() over (
        partition by item_prices.source_relation, item_prices.subscription_item_id
        order by item_prices.is_listed desc, item_prices.known_at desc, item_prices.price_id asc
    ) as recency
from item_prices
inner join concerned
    on
        item_prices.subscription_id = concerned.subscription_id
        and item_prices.source_relation = concerned.source_relation
left join prices
    on item_prices.price_id = prices.price_id and item_prices.source_relation = prices.source_relation
