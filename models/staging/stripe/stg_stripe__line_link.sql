{{ config(materialized='table') }}
-- The item and price of each recurring line that does not say all of its links, or why it is held back. The item: the
-- only one of the subscription with the line's price, else with its product, else the only one that there is. Removed
-- items count as well.
with

incomplete as (
    select * from {{ ref('stg_stripe__incomplete_line') }}
),

lines as (
    select * from {{ ref('stg_stripe__invoice_line_item') }}
),

known as (
    select * from {{ ref('stg_stripe__known_item_price') }}
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
    left join only_of_price using (source_relation, subscription_id, price_id)
    left join only_of_product using (source_relation, subscription_id, product_id)
    left join only_of_all using (source_relation, subscription_id)
),

invoices as (
    select distinct
        source_relation,
        invoice_id
    from incomplete
),

-- an item has one regular line in a period: a further one is of an item that nobody names
claims as (
    select
        lines.source_relation,
        lines.invoice_id,
        lines.subscription_item_id as found_item_id,
        lines.period_started_at,
        0 as distance
    from lines
    inner join invoices
        on lines.invoice_id = invoices.invoice_id and lines.source_relation = invoices.source_relation
    where
        lines.line_type = 'subscription' and not lines.is_proration
        and lines.subscription_item_id is not null and lines.price_id is not null and lines.subscription_id is not null
    union all
    select
        source_relation,
        invoice_id,
        found_item_id,
        period_started_at,
        distance
    from found
    where is_regular and found_item_id is not null and not is_tiered
),

nearest_claims as (
    select
        source_relation,
        invoice_id,
        found_item_id,
        period_started_at,
        distance,
        count(*) as lines_as_near,
        min(distance) over (partition by source_relation, invoice_id, found_item_id, period_started_at) as nearest
    from claims
    group by source_relation, invoice_id, found_item_id, period_started_at, distance
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
    left join nearest_claims using (source_relation, invoice_id, found_item_id, period_started_at, distance)
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
