with

judged as (
    select * from {{ ref('base_product_usage__daily_usage') }}
)

select
    subscription_item_id,
    source_relation,
    seats_bought,
    seats_used,
    active_users,
    feature_events,
    usage_date,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
