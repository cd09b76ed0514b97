-- The value of each metric that picks a band or sets off an accelerator, for the period that is paid for: what is counted by
-- the payout period is added up over its months, everything else is read at the end.
with

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

accelerators as (
    select * from {{ ref('accelerators') }}
),

bindings as (
    select * from {{ ref('metric_bindings') }}
),

snapshots as (
    select * from {{ ref('int_incentives__metric_snapshots') }}
    where value is not null
),

asked as (
    select
        program_version_id,
        lever_id,
        band_binding_id as binding_id,
        period_start,
        first_month,
        last_month,
        applies_from,
        applies_to,
        known_on
    from period_levers
    where band_binding_id is not null
    union
    select
        period_levers.program_version_id,
        period_levers.lever_id,
        accelerators.binding_id,
        period_levers.period_start,
        period_levers.first_month,
        period_levers.last_month,
        period_levers.applies_from,
        period_levers.applies_to,
        period_levers.known_on
    from period_levers
    inner join accelerators
        on
            period_levers.lever_id = accelerators.lever_id
            and accelerators.binding_id is not null
            and {{ rule_in_force('accelerators', 'period_levers', 'period_levers.period_start') }}
),

months_to_read as (
    select
        asked.program_version_id,
        asked.lever_id,
        asked.binding_id,
        asked.period_start,
        asked.last_month,
        case
            when bindings.time_window = 'period' and bindings.aggregate = 'sum' and bindings.comparator = 'none'
                then asked.first_month
            else asked.last_month
        end as from_month
    from asked
    inner join bindings
        on
            asked.binding_id = bindings.binding_id
            and {{ rule_in_force('bindings', 'asked', 'asked.period_start') }}
)

select
    months_to_read.program_version_id,
    months_to_read.lever_id,
    months_to_read.binding_id,
    snapshots.partner_id,
    {{ money('sum(snapshots.value)') }} as value,
    months_to_read.period_start
from months_to_read
inner join snapshots
    on
        months_to_read.program_version_id = snapshots.program_version_id
        and months_to_read.binding_id = snapshots.binding_id
        and months_to_read.from_month <= snapshots.month_start
        and months_to_read.last_month >= snapshots.month_start
group by
    months_to_read.program_version_id, months_to_read.lever_id, months_to_read.binding_id, snapshots.partner_id,
    months_to_read.period_start
