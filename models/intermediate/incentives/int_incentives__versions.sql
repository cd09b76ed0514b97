-- One row a program version that counts, as known on the day the calculation stands on, with the time that it applies
-- to. A version that reaches back applies from there; each one ends where a later one takes over.
with

programs as (
    select * from {{ ref('programs') }}
),

versions as (
    select * from {{ ref('program_versions') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

known as (
    select
        versions.program_id,
        versions.program_version_id,
        versions.version_name,
        versions.status,
        versions.approved_by,
        versions.verification,
        versions.published_on,
        versions.enforced_from,
        versions.enforced_to,
        coalesce(versions.applies_retroactively_from, versions.enforced_from) as applies_from,
        {{ programs_known_on('as_of') }} as known_on
    from versions
    cross join as_of
    where
        {{ rule_is_known('versions', programs_known_on('as_of')) }}
        and versions.status in ({{ "'" ~ var('programs_statuses') | join("', '") ~ "'" }})
),

-- a later version takes over on the day it applies from, be it in the middle of an earlier one
ended as (
    select
        *,
        least(
            coalesce(enforced_to, {{ open_end() }}),
            coalesce(min(applies_from) over (
                partition by program_id
                order by enforced_from, program_version_id
                rows between 1 following and unbounded following
            ), {{ open_end() }})
        ) as applies_to
    from known
)

select
    ended.program_id,
    ended.program_version_id,
    programs.program_name,
    ended.version_name,
    programs.currency,
    ended.status,
    ended.approved_by,
    ended.verification,
    programs.fiscal_year_start_month,
    ended.published_on,
    ended.enforced_from,
    ended.enforced_to,
    ended.applies_from,
    ended.applies_to,
    ended.known_on
from ended
inner join programs
    on ended.program_id = programs.program_id
where ended.applies_from < ended.applies_to
