with

judged as (
    select * from {{ ref('base_salesforce__product_2') }}
)

select
    id as crm_product_id,
    source_relation,
    external_id as billing_product_id,
    product_code,
    {{ printable('name') }} as product_name,
    family as product_family,
    coalesce(is_active, true) as is_active,
    coalesce(is_deleted, false) as is_deleted,
    created_date as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
