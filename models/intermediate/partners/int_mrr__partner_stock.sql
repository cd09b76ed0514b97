-- Each partner's part of each item's MRR, as intervals [from_date, to_date): what is in force, from which
-- closing figures are counted apart from the movements.
with

pieces as (
    select
        subscription_item_id,
        interval_number,
        customer_id,
        product_id,
        currency,
        share_set_id,
        mrr as native_mrr,
        is_at_risk,
        from_date,
        to_date
    from {{ ref('int_mrr__shared_intervals') }}
),

allocated as (
    {{ allocate_to_partners('pieces', ['subscription_item_id', 'interval_number', 'from_date'], ['native_mrr']) }}
)

select
    subscription_item_id,
    interval_number,
    customer_id,
    partner_id,
    product_id,
    currency,
    partner_native_mrr as native_mrr,
    is_at_risk,
    from_date,
    to_date
from allocated
