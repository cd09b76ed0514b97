with

registrations as (
    select * from {{ ref('stg_partner_portal__deal_registration') }}
)

select
    {{ canonical_id('deal_registration_id', 'partner_portal') }} as deal_registration_id,
    source_relation,
    {{ canonical_id('partner_id', 'partner_portal') }} as partner_id,
    {{ canonical_id('person_id', 'partner_portal') }} as person_id,
    customer_id,
    opportunity_id,
    product_id,
    registration_status,
    currency,
    amount,
    submitted_at,
    decided_at,
    expires_at,
    closed_at
from registrations
