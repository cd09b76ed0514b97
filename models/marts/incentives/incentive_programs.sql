-- One row a version of a partner program, as known on the day the figures stand on.
{{ config(schema='certified') }}

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

versions_in_use as (
    select * from {{ ref('int_incentives__versions') }}
),

rules as (
    select * from {{ ref('int_incentives__rules') }}
),

rules_of_versions as (
    select
        program_version_id,
        count(distinct case when rule_table = 'levers' then rule_id end) as levers,
        count(*) as rules,
        count(case when verification = 'verified' then 1 end) as verified_rules
    from rules
    group by program_version_id
)

select
    versions.program_id,
    versions.program_version_id,
    programs.program_name,
    versions.version_name,
    programs.description,
    programs.currency,
    versions.status,
    versions.approved_by,
    versions.verification,
    versions.source,
    versions.source_date,
    versions.note,
    cast(programs.fiscal_year_start_month as bigint) as fiscal_year_start_month,
    coalesce(rules_of_versions.levers, 0) as levers,
    coalesce(rules_of_versions.rules, 0) as rules,
    coalesce(rules_of_versions.verified_rules, 0) as verified_rules,
    case
        when rules_of_versions.rules > 0
            then {{ portion('1', 'rules_of_versions.verified_rules', 'rules_of_versions.rules') }}
    end as verified_share,
    versions_in_use.program_version_id is not null as is_in_use,
    versions.published_on,
    versions.enforced_from,
    versions.enforced_to,
    versions_in_use.applies_from,
    case when versions_in_use.applies_to < {{ open_end() }} then versions_in_use.applies_to end as applies_to,
    versions.recorded_on
from versions
cross join as_of
inner join programs
    on versions.program_id = programs.program_id
left join versions_in_use
    on versions.program_version_id = versions_in_use.program_version_id
left join rules_of_versions
    on versions.program_version_id = rules_of_versions.program_version_id
where {{ rule_is_known('versions', programs_known_on('as_of')) }}
