-- One row a group of conditions, partner and month, as far as metrics and scores decide it. Tiers stand on these;
-- conditions on tiers are added in `int_incentives__gate_results`, after tiers are known.
with

groups_in_force as (
    select * from {{ ref('int_incentives__gate_groups_in_force') }}
),

conditions as (
    select * from {{ ref('int_incentives__gate_assessments') }}
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
