-- Whether all rows that say whom and what a lever is for are verified: scope, offer sets, policy of deals and milestone.
with

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

{%- set rules = {
    'scope_members': 'rules.scope_id = period_levers.scope_id',
    'offer_set_members': 'rules.offer_set_id in (period_levers.offer_set_id, period_levers.measure_offer_set_id)',
    'deal_registration_policies': 'rules.deal_registration_policy_id = period_levers.deal_registration_policy_id',
    'milestones': 'rules.milestone_id = period_levers.milestone_id',
} %}

marks as (
    {%- for table, condition in rules.items() %}
        select
            period_levers.program_version_id,
            period_levers.lever_id,
            period_levers.period_start,
            rules.verification
        from period_levers
        inner join {{ ref(table) }} as rules
            on
                {{ condition }}
                and {{ rule_in_force('rules', 'period_levers', 'period_levers.period_start') }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    program_version_id,
    lever_id,
    min(verification) as verification,
    period_start
from marks
group by program_version_id, lever_id, period_start
