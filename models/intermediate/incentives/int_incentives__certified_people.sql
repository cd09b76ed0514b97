-- People with a certificate that counts, and certificates that count, at the end of each month: a row a rule, partner and
-- month. A course and what brings it up to date are one certificate.
with

spans as (
    select * from {{ ref('int_incentives__certificate_spans') }}
),

months as (
    select * from {{ ref('int_months') }}
)

select
    spans.program_version_id,
    spans.credential_id,
    spans.partner_id,
    cast(count(distinct spans.person_id) as bigint) as certified_people,
    cast(count(distinct spans.person_id || ' ' || spans.base_course_id) as bigint) as certificates,
    months.month_start
from spans
inner join months
    on
        spans.valid_from <= months.month_end
        and spans.valid_to > months.month_end
        and spans.rule_from <= months.month_start
        and spans.rule_to > months.month_start
group by spans.program_version_id, spans.credential_id, spans.partner_id, months.month_start
