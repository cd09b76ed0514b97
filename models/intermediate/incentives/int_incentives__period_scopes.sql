-- One row a scope and period in which a lever, or a band of one, asks for it, and what it looks at.
with

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

bands as (
    select * from {{ ref('rate_bands') }}
),

members as (
    select * from {{ ref('scope_members') }}
),

asked as (
    select
        program_id,
        program_version_id,
        scope_id,
        period_start,
        applies_from,
        applies_to,
        known_on
    from period_levers
    where scope_id is not null
    union
    select
        period_levers.program_id,
        period_levers.program_version_id,
        bands.scope_id,
        period_levers.period_start,
        period_levers.applies_from,
        period_levers.applies_to,
        period_levers.known_on
    from period_levers
    inner join bands
        on
            period_levers.lever_id = bands.lever_id
            and bands.scope_id is not null
            and {{ rule_in_force('bands', 'period_levers', 'period_levers.period_start') }}
)

select
    asked.program_id,
    asked.program_version_id,
    asked.scope_id,
    members.dimension,
    members.value,
    members.is_included,
    members.dimension in ('segment', 'customer_region') as is_about_customers,
    asked.period_start,
    asked.applies_from,
    asked.applies_to,
    asked.known_on
from asked
inner join members
    on
        asked.scope_id = members.scope_id
        and {{ rule_in_force('members', 'asked', 'asked.period_start') }}
