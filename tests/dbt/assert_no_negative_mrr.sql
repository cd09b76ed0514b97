-- Guards against negative recurring revenue, and against a loss that is shown with the wrong sign.
{{ config(meta={'dagster': {'ref': {'name': 'partner_mrr_monthly'}}}) }}
select
    'partner_mrr_monthly' as found_in,
    partner_id as key_found,
    month_start as on_date
from {{ ref('partner_mrr_monthly') }}
where
    closing_mrr < 0
    or opening_mrr < 0
    or mrr_at_risk < 0
    or mrr_at_risk > closing_mrr
    {%- for movement in bridge_movements() if movement not in ('fx', 'correction') %}
        or {{ movement }}_mrr < 0
    {%- endfor %}
union all
select
    'int_mrr__partner_stock' as found_in,
    subscription_item_id as key_found,
    from_date as on_date
from {{ ref('int_mrr__partner_stock') }}
where native_mrr < 0
union all
select
    'customer_mrr_movements' as found_in,
    customer_id as key_found,
    movement_date as on_date
from {{ ref('customer_mrr_movements') }}
where
    (movement in ('new', 'reactivation', 'expansion', 'transfer_in') and native_amount <= 0)
    or (movement in ('contraction', 'churn', 'transfer_out') and native_amount >= 0)
