-- One row a partner whose rate for a lever is set by an exception, and period that starts while it is. Of several, the last one by its id counts.
with

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

grants as (
    select * from {{ ref('int_incentives__exceptions') }}
    where lever_id is not null and value_override is not null
),

in_force as (
    select
        period_levers.program_version_id,
        period_levers.lever_id,
        grants.partner_id,
        grants.exception_id,
        grants.value_override,
        period_levers.period_start,
        row_number() over (
            partition by period_levers.program_version_id, period_levers.lever_id, period_levers.period_start, grants.partner_id
            order by grants.exception_id desc
        ) as choice
    from period_levers
    inner join grants
        on
            period_levers.program_version_id = grants.program_version_id
            and period_levers.lever_id = grants.lever_id
            and period_levers.first_month = grants.month_start
)

select
    program_version_id,
    lever_id,
    partner_id,
    exception_id,
    value_override,
    period_start
from in_force
where choice = 1
