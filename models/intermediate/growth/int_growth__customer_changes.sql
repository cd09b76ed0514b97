-- Every month in which the MRR of a customer moved, with each partner and (without a partner) with the vendor:
-- whether the customer was there at the start, was lost, or bought more. Cost follows changes: a customer that
-- stands still has no row.
with

movements as (
    select * from {{ ref('int_mrr__movements') }}
    where movement <> 'fx'
),

monthly as (
    select
        partner_id,
        customer_id,
        month_start,
        -- only ever compared with nothing, so that currencies may be added up
        sum(native_amount) as native_change,
        max(case when is_upsell then 1 else 0 end) as has_upsell,
        max(case when movement in ('contraction', 'churn') then movement_date end) as last_loss_date,
        max(case when movement = 'transfer_out' then movement_date end) as last_transfer_date
    from movements
    group by grouping sets ((partner_id, customer_id, month_start), (customer_id, month_start))
),

running as (
    select
        *,
        sum(native_change) over (partition by partner_id, customer_id order by month_start) as native_after
    from monthly
)

select
    partner_id,
    customer_id,
    native_after - native_change > 0 as was_customer,
    native_after > 0 as is_customer,
    native_after - native_change > 0 and has_upsell = 1 as is_expanded,
    -- passed on whole to another partner is not lost; lost in part and then passed on is neither
    native_after - native_change > 0 and native_after = 0
    and coalesce(last_loss_date >= last_transfer_date, last_transfer_date is null) as is_churned,
    month_start
from running
