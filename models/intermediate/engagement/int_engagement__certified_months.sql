-- People with a certificate that counts at the end of each month by the standard rule, and those of their certificates that
-- lapse within `certificate_lapse_notice_days` days: a row a partner and month. When a certificate lapses is said as it was
-- known then, from the courses passed until then; that it is taken back later, or brought up to date, changes nothing.
with

months as (
    select * from {{ ref('int_months') }}
),

spans as (
    select * from {{ ref('int_incentives__certificate_spans') }}
    where program_version_id = 'standard'
),

standard as (
    select validity_months from {{ ref('int_incentives__credential_rules') }}
    where program_version_id = 'standard'
),

passed as (
    select
        certifications.person_id,
        coalesce(courses.extends_course_id, courses.course_id) as base_course_id,
        {{ local_date('certifications.completed_at') }} as completed_on,
        {{ add_months(local_date('courses.released_at'), 'standard.validity_months') }} as lapses_on
    from {{ ref('input_certifications') }} as certifications
    inner join {{ ref('input_courses') }} as courses on certifications.course_id = courses.course_id
    cross join standard
),

in_force as (
    select distinct
        spans.partner_id,
        spans.person_id,
        spans.base_course_id,
        months.month_end,
        months.month_start
    from spans
    inner join months on spans.valid_from <= months.month_end and spans.valid_to > months.month_end
),

outlook as (
    select
        in_force.partner_id,
        in_force.person_id,
        in_force.base_course_id,
        in_force.month_start,
        max(passed.lapses_on) <= {{ dbt.dateadd('day', var('certificate_lapse_notice_days'), 'in_force.month_end') }} as is_lapsing
    from in_force
    inner join passed
        on
            in_force.person_id = passed.person_id
            and in_force.base_course_id = passed.base_course_id
            and in_force.month_end >= passed.completed_on
    group by in_force.partner_id, in_force.person_id, in_force.base_course_id, in_force.month_end, in_force.month_start
)

select
    partner_id,
    count(distinct person_id) as certified_people,
    count(*) as certificates,
    count(distinct case when is_lapsing then person_id end) as lapsing_people,
    sum(case when is_lapsing then 1 else 0 end) as lapsing_certificates,
    month_start
from outlook
group by partner_id, month_start
