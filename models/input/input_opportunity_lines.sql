with

lines as (
    select * from {{ ref('stg_salesforce__opportunity_line_item') }}
),

products as (
    select * from {{ ref('stg_salesforce__product_2') }}
)

select
    {{ canonical_id('lines.opportunity_line_id', 'salesforce', 'lines') }} as opportunity_line_id,
    lines.source_relation,
    {{ canonical_id('lines.opportunity_id', 'salesforce', 'lines') }} as opportunity_id,
    {{ canonical_id('lines.crm_product_id', 'salesforce', 'lines') }} as crm_product_id,
    products.billing_product_id as product_id,
    products.product_name,
    products.product_family,
    lines.quantity,
    lines.unit_price,
    lines.total_price,
    lines.service_date,
    lines.created_at
from lines
left join products
    on lines.crm_product_id = products.crm_product_id and lines.source_relation = products.source_relation
