-- Why the gate of a lever was open for a partner in a period: each of its conditions, met or not, by the group that they
-- stand in and the groups in it.
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

gate_groups as (
    select * from {{ ref('int_incentives__gate_groups_in_force') }}
),

conditions as (
    select * from {{ ref('int_incentives__gate_conditions_met') }}
),

-- a group with the groups in it, which stand at most three deep
gate_trees as (
    select
        program_version_id,
        gate_group_id as root_id,
        gate_group_id,
        month_start
    from gate_groups
    union all
    select
        program_version_id,
        parent_gate_group_id as root_id,
        gate_group_id,
        month_start
    from gate_groups
    where parent_gate_group_id is not null
    union all
    select
        inner_groups.program_version_id,
        outer_groups.parent_gate_group_id as root_id,
        inner_groups.gate_group_id,
        inner_groups.month_start
    from gate_groups as inner_groups
    inner join gate_groups as outer_groups
        on
            inner_groups.program_version_id = outer_groups.program_version_id
            and inner_groups.parent_gate_group_id = outer_groups.gate_group_id
            and inner_groups.month_start = outer_groups.month_start
    where outer_groups.parent_gate_group_id is not null
)

select
    awards.program_version_id,
    awards.lever_id,
    awards.partner_id,
    'gate' as step,
    30 as step_place,
    'gate_conditions' as rule_table,
    conditions.gate_condition_id as rule_id,
    {{ condition_text('conditions') }} as explanation,
    cast(conditions.value as {{ type_money() }}) as measure,
    conditions.threshold as rule_value,
    cast(null as {{ type_money() }}) as amount,
    awards.period_start
from awards
inner join period_levers
    on
        awards.program_version_id = period_levers.program_version_id
        and awards.lever_id = period_levers.lever_id
        and awards.period_start = period_levers.period_start
inner join gate_trees
    on
        awards.program_version_id = gate_trees.program_version_id
        and period_levers.gate_group_id = gate_trees.root_id
        and awards.last_month = gate_trees.month_start
inner join conditions
    on
        gate_trees.program_version_id = conditions.program_version_id
        and gate_trees.gate_group_id = conditions.gate_group_id
        and gate_trees.month_start = conditions.month_start
        and awards.partner_id = conditions.partner_id
