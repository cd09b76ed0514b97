with

judged as (
    select * from {{ ref('base_stripe__subscription_item') }}
)

select
    id as subscription_item_id,
    source_relation,
    subscription_id,
    plan_id as price_id,
    coalesce(quantity, cast(quantity_decimal as bigint)) as quantity,
    created as created_at,
    current_period_start as period_started_at,
    current_period_end as period_ends_at,
    first_synced_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
