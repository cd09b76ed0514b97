-- By which rule a version judges milestones and renewals: its own, or the standard one where it has none. Of several
-- milestones of one event, or several renewal rules, the first counts.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

rules as (
    select * from {{ ref('int_incentives__event_rules') }}
),

own as (
    select
        versions.program_version_id,
        rules.metric_id,
        rules.event,
        rules.rule_id,
        row_number() over (
            partition by versions.program_version_id, rules.metric_id, rules.event
            order by rules.valid_from nulls first, rules.rule_name
        ) as place
    from versions
    inner join rules
        on versions.program_version_id = rules.program_version_id and {{ rule_is_known('rules', 'versions.known_on') }}
),

with_own as (
    select distinct
        program_version_id,
        metric_id
    from own
)

select
    program_version_id,
    metric_id,
    event,
    rule_id
from own
where place = 1
union all
select
    versions.program_version_id,
    rules.metric_id,
    rules.event,
    rules.rule_id
from versions
inner join rules on rules.program_version_id = 'standard'
left join with_own
    on versions.program_version_id = with_own.program_version_id and rules.metric_id = with_own.metric_id
where with_own.metric_id is null
