with

products as (
    select * from {{ ref('stg_stripe__product') }}
)

select
    {{ canonical_id('product_id', 'stripe') }} as product_id,
    source_relation,
    product_name,
    product_family,
    revenue_type,
    revenue_type = 'recurring' as is_recurring,
    is_live
from products
