-- One row a program version and month that it applies to, so that rules are looked up month by month.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

months as (
    select * from {{ ref('int_months') }}
)

select
    versions.program_id,
    versions.program_version_id,
    versions.program_name,
    versions.currency,
    versions.verification,
    versions.applies_from,
    versions.applies_to,
    versions.known_on,
    months.month_start
from versions
inner join months
    on versions.applies_from <= months.month_start and versions.applies_to > months.month_start
