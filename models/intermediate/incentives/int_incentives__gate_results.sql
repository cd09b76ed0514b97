-- One row a group of conditions, partner and month: whether the gate is open, and what it lacks.
with

groups_in_force as (
    select * from {{ ref('int_incentives__gate_groups_in_force') }}
),

conditions as (
    select * from {{ ref('int_incentives__gate_conditions_met') }}
),
{{ combined_gates() }}

select
    program_id,
    program_version_id,
    gate_group_id,
    partner_id,
    missing,
    is_met,
    is_verified,
    month_start
from combined
