-- Where each customer was ever seen: in the months with MRR, and in the movements, which also know what came
-- and went within one month.
with

customer_months as (
    select * from {{ ref('int_mrr__customer_months') }}
),

events as (
    select * from {{ ref('int_mrr__partner_events') }}
)

select
    customer_id,
    partner_id,
    product_id,
    min(month_start) as first_month
from customer_months
group by customer_id, partner_id, product_id
union all
select
    customer_id,
    partner_id,
    product_id,
    min({{ month_of('movement_date') }}) as first_month
from events
group by customer_id, partner_id, product_id
