with

registrations as (
    select * from {{ ref('stg_partner_portal__deal_registration') }}
),

names as (
    select * from {{ ref('input_customer_names') }}
)

select
    {{ canonical_id('registrations.deal_registration_id', 'partner_portal', 'registrations') }} as deal_registration_id,
    registrations.source_relation,
    {{ canonical_id('registrations.partner_id', 'partner_portal', 'registrations') }} as partner_id,
    {{ canonical_id('registrations.person_id', 'partner_portal', 'registrations') }} as person_id,
    coalesce(names.customer_id, registrations.customer_id) as customer_id,
    registrations.opportunity_id,
    registrations.product_id,
    registrations.registration_status,
    registrations.currency,
    registrations.amount,
    registrations.submitted_at,
    registrations.decided_at,
    registrations.expires_at,
    registrations.closed_at
from registrations
left join names on registrations.customer_id = names.named_id
