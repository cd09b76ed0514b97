-- Guards slicing: every partner, customer and product that has MRR or a movement stands in the table it is
-- sliced by. One that is missing there would drop out of every report by name, tier or segment.
{{ config(meta={'dagster': {'ref': {'name': 'customer_mrr_monthly'}}}) }}
with

used as (
    select
        partner_id,
        customer_id,
        product_id
    from {{ ref('customer_mrr_monthly') }}
    union
    select
        partner_id,
        customer_id,
        product_id
    from {{ ref('customer_mrr_movements') }}
),

partners as (
    select * from {{ ref('partners') }}
),

customers as (
    select * from {{ ref('customers') }}
),

products as (
    select * from {{ ref('products') }}
)

select
    used.partner_id,
    used.customer_id,
    used.product_id
from used
left join partners on used.partner_id = partners.partner_id
left join customers on used.customer_id = customers.customer_id
left join products on used.product_id = products.product_id
where partners.partner_id is null or customers.customer_id is null or products.product_id is null
