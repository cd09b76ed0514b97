with

items as (
    select * from {{ ref('stg_stripe__subscription_item') }}
)

select
    {{ canonical_id('subscription_item_id', 'stripe') }} as subscription_item_id,
    source_relation,
    {{ canonical_id('subscription_id', 'stripe') }} as subscription_id,
    {{ canonical_id('price_id', 'stripe') }} as price_id,
    quantity,
    created_at,
    period_started_at,
    period_ends_at,
    first_synced_at,
    synced_at
from items
