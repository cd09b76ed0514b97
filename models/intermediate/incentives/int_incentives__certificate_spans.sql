-- When each person's certificate in a course counts, by each rule: from the day the course was passed to the end of its
-- validity, counted from the release of the course or from the day it was passed. A delta course extends the certificate
-- of whoever has passed the course that it brings up to date, to the delta's own end; by itself it certifies nobody. A
-- certificate that was taken back, and one of a person who left, counts no more.
with

rules as (
    select * from {{ ref('int_incentives__credential_rules') }}
),

courses as (
    select * from {{ ref('input_courses') }}
),

people as (
    select * from {{ ref('input_people') }}
),

passed as (
    select
        certifications.person_id,
        certifications.partner_id,
        courses.course_id,
        coalesce(courses.extends_course_id, courses.course_id) as base_course_id,
        courses.track,
        courses.course_level,
        courses.extends_course_id is not null as is_delta,
        {{ local_date('courses.released_at') }} as released_on,
        {{ local_date('certifications.completed_at') }} as completed_on,
        coalesce({{ local_date('certifications.revoked_at') }}, {{ open_end() }}) as revoked_on,
        {{ local_date('people.left_at') }} as left_on
    from {{ ref('input_certifications') }} as certifications
    inner join courses on certifications.course_id = courses.course_id
    left join people on certifications.person_id = people.person_id
    -- somebody who is gone since nobody knows when counts in no month
    where coalesce(people.is_active, true) or people.left_at is not null
),

bases as (
    select
        person_id,
        course_id as base_course_id,
        min(completed_on) as completed_on,
        max(revoked_on) as revoked_on
    from passed
    where not is_delta
    group by person_id, course_id
),

spans as (
    select
        rules.program_version_id,
        rules.credential_id,
        passed.person_id,
        passed.partner_id,
        passed.base_course_id,
        rules.rule_from,
        rules.rule_to,
        case when passed.is_delta then greatest(passed.completed_on, bases.completed_on) else passed.completed_on end
            as valid_from,
        least(
            case rules.validity_anchor
                when 'completion' then {{ add_months('passed.completed_on', 'rules.validity_months') }}
                else {{ add_months('passed.released_on', 'rules.validity_months') }}
            end,
            passed.revoked_on,
            bases.revoked_on,
            case
                when passed.left_on is null then {{ open_end() }}
                when rules.leaver_rule = 'month_end' then {{ add_months(month_of('passed.left_on'), 1) }}
                else passed.left_on
            end
        ) as valid_to
    from passed
    inner join rules
        on
            coalesce(passed.track = rules.track, rules.track is null)
            and coalesce(passed.course_level = rules.course_level, rules.course_level is null)
            and coalesce(passed.base_course_id = rules.course_id, rules.course_id is null)
            and (rules.is_extendable or not passed.is_delta)
    inner join bases on passed.person_id = bases.person_id and passed.base_course_id = bases.base_course_id
)

select
    program_version_id,
    credential_id,
    person_id,
    partner_id,
    base_course_id,
    rule_from,
    rule_to,
    valid_from,
    valid_to
from spans
where valid_from < valid_to
