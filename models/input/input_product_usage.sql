with

usage_days as (
    select * from {{ ref('stg_product_usage__daily_usage') }}
)

select
    subscription_item_id,
    source_relation,
    seats_bought,
    seats_used,
    active_users,
    feature_events,
    usage_date
from usage_days
