{# What a condition still lacks, in words: `Billed revenue: 1,200.00 EUR more`. Reads the columns of a condition's row. #}
{% macro what_is_missing() -%}
    case
        when value is null
            then measure_name || ' ' || operator || ' ' || {{ measure_text('threshold', 'unit_kind', 'currency') }}
        when operator in ('<', '<=')
            then measure_name || ': '
                || {{ measure_text(rounded_up('value - threshold', 'unit_kind'), 'unit_kind', 'currency') }} || ' less'
        when value >= threshold
            then 'wait until it counts again: ' || measure_name
        else measure_name || ': '
            || {{ measure_text(rounded_up('threshold - value', 'unit_kind'), 'unit_kind', 'currency') }} || ' more'
    end
{%- endmacro %}

{# The groups of conditions, put together from the inside: first conditions alone, then groups whose groups are
   known. Groups stand at most three deep in one another (`make programs` refuses more). Reads the CTEs
   `groups_in_force` and `conditions`; writes the CTE `combined`. #}
{% macro combined_gates() -%}
    {%- for depth in range(1, 4) %}
members_{{ depth }} as (
    select
        program_version_id,
        gate_group_id,
        partner_id,
        is_met,
        is_verified,
        missing,
        month_start
    from conditions
    {%- if depth > 1 %}
    union all
    select
        inner_groups.program_version_id,
        inner_groups.parent_gate_group_id as gate_group_id,
        inner_groups.partner_id,
        inner_groups.is_met,
        inner_groups.is_verified,
        inner_groups.missing,
        inner_groups.month_start
    from combined_{{ depth - 1 }} as inner_groups
    where inner_groups.parent_gate_group_id is not null
    {%- endif %}
),

{{ 'combined' if depth == 3 else 'combined_' ~ depth }} as (
    select
        groups_in_force.program_id,
        groups_in_force.program_version_id,
        groups_in_force.gate_group_id,
        groups_in_force.parent_gate_group_id,
        members.partner_id,
        case
            when groups_in_force.combine = 'any' and bool_or(members.is_met) then null
            when groups_in_force.combine = 'any' and count(*) > 1
                then '(' || replace(
                    {{ ordered_list('case when not members.is_met then members.missing end', 'members.missing') }},
                    '|', ' or '
                ) || ')'
            else replace(
                {{ ordered_list('case when not members.is_met then members.missing end', 'members.missing') }},
                '|', ' and '
            )
        end as missing,
        case groups_in_force.combine
            when 'all' then bool_and(members.is_met)
            else bool_or(members.is_met)
        end as is_met,
        groups_in_force.is_verified and bool_and(members.is_verified) as is_verified,
        members.month_start
    from members_{{ depth }} as members
    inner join groups_in_force
        on
            members.program_version_id = groups_in_force.program_version_id
            and members.gate_group_id = groups_in_force.gate_group_id
            and members.month_start = groups_in_force.month_start
    group by
        groups_in_force.program_id,
        groups_in_force.program_version_id,
        groups_in_force.gate_group_id,
        groups_in_force.parent_gate_group_id,
        groups_in_force.combine,
        groups_in_force.is_verified,
        members.partner_id,
        members.month_start
){{ ',\n' if depth < 3 }}
    {%- endfor %}
{%- endmacro %}
