-- One row a limit and period that it is for. A cap of the whole program, or of several levers, cuts off: there is nobody,
-- or no lever, that it could keep back for. For the same reason a floor is one of a lever and a partner.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

periods as (
    select * from {{ ref('int_incentives__periods') }}
),

limits as (
    select * from {{ ref('limits') }}
)

select
    versions.program_id,
    versions.program_version_id,
    limits.limit_id,
    limits.lever_id,
    limits.kind,
    limits.level,
    case
        when limits.kind = 'floor' then 'truncate'
        when limits.kind = 'cap' and limits.on_breach = 'carry' and (limits.level = 'program' or limits.lever_id is null)
            then 'truncate'
        else limits.on_breach
    end as on_breach,
    limits.verification,
    cast(limits.amount as {{ type_payout() }}) as limit_amount,
    periods.is_complete,
    periods.period_start as window_start,
    periods.period_end as window_end
from versions
inner join periods on versions.program_id = periods.program_id
inner join limits
    on
        periods.frequency = limits.frequency
        and {{ rule_in_force('limits', 'versions', 'periods.period_start') }}
where not (limits.kind = 'floor' and (limits.level = 'program' or limits.lever_id is null))
