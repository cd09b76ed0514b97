with

certifications as (
    select * from {{ ref('stg_partner_portal__certification') }}
),

people as (
    select * from {{ ref('stg_partner_portal__person') }}
)

select
    {{ canonical_id('certifications.certification_id', 'partner_portal', 'certifications') }} as certification_id,
    certifications.source_relation,
    {{ canonical_id('certifications.person_id', 'partner_portal', 'certifications') }} as person_id,
    {{ canonical_id('people.partner_id', 'partner_portal', 'certifications') }} as partner_id,
    {{ canonical_id('certifications.course_id', 'partner_portal', 'certifications') }} as course_id,
    certifications.completed_at,
    certifications.revoked_at
from certifications
inner join people
    on certifications.person_id = people.person_id and certifications.source_relation = people.source_relation
