-- Guards against counting an item twice: intervals of one item, subscription status or share set never
-- overlap and are never empty.
{{ config(meta={'dagster': {'ref': {'name': 'int_mrr__bridged_intervals'}}}) }}
with

intervals as (
    select
        'int_mrr__bridged_intervals' as found_in,
        subscription_item_id as key_found,
        from_date,
        to_date
    from {{ ref('int_mrr__bridged_intervals') }}
    union all
    select
        'int_subscriptions__status_intervals' as found_in,
        subscription_id as key_found,
        from_date,
        to_date
    from {{ ref('int_subscriptions__status_intervals') }}
    union all
    select
        'int_subscription_items__discount_intervals' as found_in,
        subscription_item_id || '|' || coupon_id as key_found,
        from_date,
        to_date
    from {{ ref('int_subscription_items__discount_intervals') }}
    union all
    select
        'int_subscriptions__share_sets' as found_in,
        subscription_id as key_found,
        from_date,
        to_date
    from {{ ref('int_subscriptions__share_sets') }}
),

ordered as (
    select
        *,
        lead(from_date) over (partition by found_in, key_found order by from_date, to_date) as next_from_date
    from intervals
)

select
    found_in,
    key_found,
    from_date,
    to_date,
    next_from_date
from ordered
where to_date <= from_date or next_from_date < to_date
