-- One row a limit and period that it is for. A limit of the whole program cuts off or forfeits: it names no partner, so it
-- can neither keep back for one nor top one up.
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
    case when limits.level = 'program' and limits.on_breach = 'carry' then 'truncate' else limits.on_breach end as on_breach,
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
where not (limits.level = 'program' and limits.kind = 'floor')
