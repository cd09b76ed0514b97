{{ config(schema='certified') }}
-- The ledger of MRR as certified: the movements of closed months as they were closed, those of open months, and
-- corrections, which put right in the open month what was wrong in a closed one.
with

certified_movements as (
    {{ as_certified('customer_mrr_movements', ref('int_mrr__movements'), from_first_closing=true) }}
),

corrections as (
    select * from {{ ref('int_mrr__corrections') }}
)

select
    customer_id,
    partner_id,
    product_id,
    currency,
    movement,
    reason,
    reporting_currency,
    native_amount,
    amount,
    is_upsell,
    movement_date,
    corrected_month,
    month_start
from certified_movements
union all
select
    customer_id,
    partner_id,
    product_id,
    currency,
    'correction' as movement,
    reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    native_amount,
    amount,
    false as is_upsell,
    month_start as movement_date,
    corrected_month,
    month_start
from corrections
