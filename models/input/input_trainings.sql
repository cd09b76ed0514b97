with

trainings as (
    select * from {{ ref('stg_partner_portal__training') }}
),

people as (
    select * from {{ ref('stg_partner_portal__person') }}
)

select
    {{ canonical_id('trainings.training_id', 'partner_portal', 'trainings') }} as training_id,
    trainings.source_relation,
    {{ canonical_id('trainings.person_id', 'partner_portal', 'trainings') }} as person_id,
    {{ canonical_id('people.partner_id', 'partner_portal', 'trainings') }} as partner_id,
    {{ canonical_id('trainings.course_id', 'partner_portal', 'trainings') }} as course_id,
    trainings.progress_percent,
    trainings.enrolled_at,
    trainings.completed_at
from trainings
inner join people
    on trainings.person_id = people.person_id and trainings.source_relation = people.source_relation
