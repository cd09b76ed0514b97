-- What each customer has at the end of each month, with its certified MRR and what makes customers similar.
with

mrr as (
    select
        customer_id,
        product_id,
        sum(mrr) as mrr,
        month_start
    from {{ ref('customer_mrr_monthly') }}
    group by customer_id, product_id, month_start
),

customers as (
    select * from {{ ref('customers') }}
),

plans as (
    select * from {{ ref('product_plans') }}
)

select
    mrr.customer_id,
    mrr.product_id,
    customers.segment,
    customers.customer_region,
    plans.plan_line,
    plans.plan_rank,
    {{ money('mrr.mrr') }} as mrr,
    mrr.month_start
from mrr
inner join customers on mrr.customer_id = customers.customer_id
left join plans on mrr.product_id = plans.product_id
where mrr.mrr > 0
