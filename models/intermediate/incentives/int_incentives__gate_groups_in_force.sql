-- One row a group of conditions and month in which it applies.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

gate_groups as (
    select * from {{ ref('gate_groups') }}
)

select
    version_months.program_id,
    version_months.program_version_id,
    gate_groups.gate_group_id,
    gate_groups.parent_gate_group_id,
    gate_groups.combine,
    gate_groups.verification = 'verified' as is_verified,
    version_months.month_start
from version_months
inner join gate_groups
    on {{ rule_in_force('gate_groups', 'version_months', 'version_months.month_start') }}
