-- What a lever measures at a partner in a period, and by which terms: the measure that is paid on, the one that picks the
-- band, the tier, and for how long the money is held.
with

awards as (
    select distinct
        program_version_id,
        lever_id,
        partner_id,
        period_start,
        last_month
    from {{ ref('int_incentives__qualified_bases') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

bindings as (
    select * from {{ ref('metric_bindings') }}
),

qualifying_values as (
    select * from {{ ref('int_incentives__qualifying_values') }}
),

held_tiers as (
    select * from {{ ref('int_incentives__tiers') }}
    where tier_id is not null
),

with_terms as (
    select
        awards.*,
        period_levers.pay_binding_id,
        period_levers.band_binding_id,
        period_levers.track,
        period_levers.is_read_at_end,
        period_levers.hold_days,
        period_levers.applies_from,
        period_levers.applies_to,
        period_levers.known_on
    from awards
    inner join period_levers
        on
            awards.program_version_id = period_levers.program_version_id
            and awards.lever_id = period_levers.lever_id
            and awards.period_start = period_levers.period_start
)

select
    with_terms.program_version_id,
    with_terms.lever_id,
    with_terms.partner_id,
    'metric' as step,
    20 as step_place,
    'metric_bindings' as rule_table,
    bindings.binding_id as rule_id,
    {{ measured_by_text('bindings', 'with_terms.is_read_at_end') }} as explanation,
    cast(null as {{ type_money() }}) as measure,
    cast(null as {{ type_money() }}) as rule_value,
    cast(null as {{ type_money() }}) as amount,
    with_terms.period_start
from with_terms
inner join bindings
    on
        with_terms.pay_binding_id = bindings.binding_id
        and {{ rule_in_force('bindings', 'with_terms', 'with_terms.period_start') }}
union all
select
    with_terms.program_version_id,
    with_terms.lever_id,
    with_terms.partner_id,
    'tier' as step,
    40 as step_place,
    'tiers' as rule_table,
    held_tiers.tier_id as rule_id,
    'Holds the tier ' || held_tiers.tier_name || ' (' || replace(held_tiers.reason, '_', ' ') || ')' as explanation,
    cast(held_tiers.tier_rank as {{ type_money() }}) as measure,
    cast(null as {{ type_money() }}) as rule_value,
    cast(null as {{ type_money() }}) as amount,
    with_terms.period_start
from with_terms
inner join held_tiers
    on
        with_terms.program_version_id = held_tiers.program_version_id
        and with_terms.track = held_tiers.track
        and with_terms.partner_id = held_tiers.partner_id
        and with_terms.last_month = held_tiers.month_start
union all
select
    with_terms.program_version_id,
    with_terms.lever_id,
    with_terms.partner_id,
    'qualifier' as step,
    50 as step_place,
    'metric_bindings' as rule_table,
    with_terms.band_binding_id as rule_id,
    'The band is picked by another measure than the one that is paid on' as explanation,
    qualifying_values.value as measure,
    cast(null as {{ type_money() }}) as rule_value,
    cast(null as {{ type_money() }}) as amount,
    with_terms.period_start
from with_terms
inner join qualifying_values
    on
        with_terms.program_version_id = qualifying_values.program_version_id
        and with_terms.lever_id = qualifying_values.lever_id
        and with_terms.band_binding_id = qualifying_values.binding_id
        and with_terms.partner_id = qualifying_values.partner_id
        and with_terms.period_start = qualifying_values.period_start
union all
select
    program_version_id,
    lever_id,
    partner_id,
    'hold' as step,
    160 as step_place,
    'levers' as rule_table,
    lever_id as rule_id,
    'Days after the period before it may be paid' as explanation,
    cast(null as {{ type_money() }}) as measure,
    cast(hold_days as {{ type_money() }}) as rule_value,
    cast(null as {{ type_money() }}) as amount,
    period_start
from with_terms
where hold_days > 0
