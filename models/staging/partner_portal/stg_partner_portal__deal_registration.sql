with

judged as (
    select * from {{ ref('base_partner_portal__deal_registration') }}
)

select
    id as deal_registration_id,
    source_relation,
    partner_id,
    person_id,
    customer_id,
    opportunity_id,
    product_id,
    status as registration_status,
    upper(currency) as currency,
    amount,
    submitted_at,
    decided_at,
    expires_at,
    closed_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
