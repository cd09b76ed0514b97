-- Which certificates each program version counts and how long they are valid, and the standard by which the certified
-- table counts (`program_version_id` standard): any course, valid from its release, extended by courses that bring it
-- up to date.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

requirements as (
    select * from {{ ref('credential_requirements') }}
)

select
    requirements.program_version_id,
    requirements.credential_id,
    requirements.track,
    requirements.course_level,
    requirements.course_id,
    requirements.validity_anchor,
    requirements.leaver_rule,
    requirements.validity_months,
    coalesce(requirements.is_extendable, false) as is_extendable,
    coalesce(requirements.valid_from, cast('1900-01-01' as date)) as rule_from,
    coalesce(requirements.valid_to, {{ open_end() }}) as rule_to
from versions
inner join requirements
    on
        versions.program_version_id = requirements.program_version_id
        and {{ rule_is_known('requirements', 'versions.known_on') }}
union all
select
    'standard' as program_version_id,
    'standard' as credential_id,
    null as track,
    null as course_level,
    null as course_id,
    'release' as validity_anchor,
    'at_once' as leaver_rule,
    {{ var('certificate_validity_months') }} as validity_months,
    true as is_extendable,
    cast('1900-01-01' as date) as rule_from,
    {{ open_end() }} as rule_to
