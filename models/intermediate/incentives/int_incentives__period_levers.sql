-- One row a lever and period that it is reckoned for, with the terms in force when the period starts, and whether its base
-- is added up over the period or read at its end.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

periods as (
    select * from {{ ref('int_incentives__periods') }}
),

levers as (
    select * from {{ ref('levers') }}
),

bindings as (
    select * from {{ ref('metric_bindings') }}
),

metrics as (
    select * from {{ ref('int_incentives__available_metrics') }}
),

in_force as (
    select
        versions.program_id,
        versions.currency,
        versions.verification as version_verification,
        versions.known_on,
        versions.applies_from,
        versions.applies_to,
        levers.*,
        periods.is_complete,
        periods.period_start,
        periods.period_end,
        periods.first_month,
        periods.last_month
    from versions
    inner join periods on versions.program_id = periods.program_id
    inner join levers
        on
            periods.frequency = levers.frequency
            and {{ rule_in_force('levers', 'versions', 'periods.period_start') }}
)

select
    in_force.program_id,
    in_force.program_version_id,
    in_force.lever_id,
    in_force.pay_binding_id,
    in_force.band_binding_id,
    bindings.metric_id,
    in_force.gate_group_id,
    in_force.scope_id,
    -- a measure that is restricted to the same products already may have lines of no single product
    case when bindings.offer_set_id = in_force.offer_set_id then null else in_force.offer_set_id end as offer_set_id,
    bindings.offer_set_id as measure_offer_set_id,
    in_force.deal_registration_policy_id,
    in_force.milestone_id,
    in_force.track,
    in_force.payee,
    in_force.frequency,
    in_force.rate_basis,
    in_force.stacking_group,
    in_force.stacking,
    in_force.incentive_nature,
    in_force.currency,
    -- illustrative as soon as one of the rows is: the word comes before verified
    least(in_force.version_verification, in_force.verification, bindings.verification) as verification,
    bindings.metric_version,
    in_force.target_value,
    in_force.hold_days,
    coalesce(in_force.monitoring_months, 0) as monitoring_months,
    bindings.floor_at_zero,
    bindings.comparator <> 'none' as is_compared,
    -- a level, a comparison or a figure of the partner counts once: at the end of the period
    coalesce(metrics.is_state or not metrics.has_lines, false) or bindings.comparator <> 'none' as is_read_at_end,
    in_force.is_complete,
    in_force.period_start,
    in_force.period_end,
    in_force.first_month,
    in_force.last_month,
    in_force.applies_from,
    in_force.applies_to,
    in_force.known_on
from in_force
inner join bindings
    on
        in_force.pay_binding_id = bindings.binding_id
        and {{ rule_in_force('bindings', 'in_force', 'in_force.period_start') }}
left join metrics
    on bindings.metric_id = metrics.metric_id and bindings.metric_version = metrics.metric_version
