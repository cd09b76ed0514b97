-- Prices that make recurring revenue: recurring prices of recurring products.
with

prices as (
    select * from {{ ref('input_prices') }}
),

products as (
    select * from {{ ref('input_products') }}
)

select
    prices.*,
    products.product_name
from prices
inner join products on prices.product_id = products.product_id
where products.is_recurring and prices.price_type = 'recurring'
