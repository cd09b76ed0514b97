-- How each program version credits each role of a partner, and from which month to which. The rules that a version
-- begins with also hold for the months before it, which its windows reach back to.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

rules as (
    select * from {{ ref('attribution_rules') }}
)

select
    versions.program_version_id,
    rules.partner_role,
    cast(rules.credit_percent as decimal(9, 6)) as credit_percent,
    rules.precedence,
    coalesce(rules.consent_days, 0) as consent_days,
    coalesce(rules.is_over_credit, false) as is_over_credit,
    coalesce({{ month_of('rules.valid_from') }}, cast('1900-01-01' as date)) as rule_from,
    coalesce({{ month_of('rules.valid_to') }}, {{ open_end() }}) as rule_to
from versions
inner join rules
    on
        versions.program_version_id = rules.program_version_id
        and {{ rule_is_known('rules', 'versions.known_on') }}
