{{ config(materialized='table') }}
-- The item and price of each recurring line that does not say all of its links, or why it is held back. The item: the
-- only one of the subscription with the line's price, else with its product, else the only one that there is. Removed
-- items count as well: they have no row any more, but stand on other lines.
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
),

-- every item of these subscriptions with every price that it had
known as (
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
),

only_of_price as (
    select
        source_relation,
        subscription_id,
        price_id,
        min(subscription_item_id) as subscription_item_id
    from known
    group by source_relation, subscription_id, price_id
    having count(distinct subscription_item_id) = 1
),

only_of_product as (
    select
        source_relation,
        subscription_id,
        product_id,
        min(subscription_item_id) as subscription_item_id
    from known
    group by source_relation, subscription_id, product_id
    having count(distinct subscription_item_id) = 1
),

only_of_all as (
    select
        source_relation,
        subscription_id,
        min(subscription_item_id) as subscription_item_id
    from known
    group by source_relation, subscription_id
    having count(distinct subscription_item_id) = 1
),

found as (
    select
        incomplete.*,
        coalesce(
            incomplete.subscription_item_id, only_of_price.subscription_item_id, only_of_product.subscription_item_id,
            only_of_all.subscription_item_id
        ) as found_item_id,
        case
            when incomplete.subscription_item_id is not null then 0
            when only_of_price.subscription_item_id is not null then 1
            when only_of_product.subscription_item_id is not null then 2
            else 3
        end as distance
    from incomplete
    left join only_of_price
        on
            incomplete.subscription_id = only_of_price.subscription_id
            and incomplete.price_id = only_of_price.price_id
            and incomplete.source_relation = only_of_price.source_relation
    left join only_of_product
        on
            incomplete.subscription_id = only_of_product.subscription_id
            and incomplete.product_id = only_of_product.product_id
            and incomplete.source_relation = only_of_product.source_relation
    left join only_of_all
        on
            incomplete.subscription_id = only_of_all.subscription_id
            and incomplete.source_relation = only_of_all.source_relation
),

-- an item has one regular line in a period: a further one is of an item that nobody names
claims as (
    select
        source_relation,
        invoice_id,
        subscription_item_id,
        period_started_at,
        0 as distance
    from complete
    where line_type = 'subscription' and not is_proration
    union all
    select
        source_relation,
        invoice_id,
        found_item_id as subscription_item_id,
        period_started_at,
        distance
    from found
    where is_regular and found_item_id is not null and not is_tiered
),

nearest_claims as (
    select
        source_relation,
        invoice_id,
        subscription_item_id,
        period_started_at,
        distance,
        count(*) as lines_as_near,
        min(distance) over (
            partition by source_relation, invoice_id, subscription_item_id, period_started_at
        ) as nearest
    from claims
    group by source_relation, invoice_id, subscription_item_id, period_started_at, distance
),

linked as (
    select
        found.*,
        case
            when
                found.period_started_at is not null
                and (
                    not found.is_regular or found.is_tiered or found.distance = 0
                    or (nearest_claims.nearest = found.distance and nearest_claims.lines_as_near = 1)
                )
                then found.found_item_id
        end as linked_item_id
    from found
    left join nearest_claims
        on
            found.source_relation = nearest_claims.source_relation
            and found.invoice_id = nearest_claims.invoice_id
            and found.found_item_id = nearest_claims.subscription_item_id
            and found.period_started_at = nearest_claims.period_started_at
            and found.distance = nearest_claims.distance
)

select
    linked.invoice_line_id,
    linked.source_relation,
    linked.subscription_id,
    linked.linked_item_id as subscription_item_id,
    coalesce(linked.price_id, known.price_id) as price_id,
    case
        when not linked.is_evidence then null
        when linked.subscription_id is null then 'line_without_subscription'
        when linked.period_started_at is null then 'missing_value'
        when linked.linked_item_id is null then 'line_without_item'
        when coalesce(linked.price_id, known.price_id) is null then 'line_without_price'
    end as reason_code
from linked
left join known
    on
        linked.linked_item_id = known.subscription_item_id
        and linked.source_relation = known.source_relation
        and known.recency = 1
