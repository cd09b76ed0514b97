with

judged as (
    select * from {{ ref('base_salesforce__opportunity_line_item') }}
)

select
    id as opportunity_line_id,
    source_relation,
    opportunity_id,
    product_2_id as crm_product_id,
    quantity,
    unit_price,
    total_price,
    service_date,
    created_date as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
