{{ config(schema='certified') }}
-- Recurring products as the billing system has them now, to slice figures by. What has MRR has a row, whether
-- or not the billing system still delivers it.
with

products as (
    select * from {{ ref('input_products') }}
),

sold as (
    select product_id from {{ ref('customer_mrr_monthly') }}
    union
    select product_id from {{ ref('customer_mrr_movements') }}
)

select
    sold.product_id,
    coalesce(products.product_name, sold.product_id) as product_name,
    coalesce(products.product_family, 'unknown') as product_family
from sold
left join products on sold.product_id = products.product_id
