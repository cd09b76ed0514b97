-- Whom and what a lever is for, by partner and period: its scope, its products, the policy of registered deals, and its
-- milestone. A set is illustrative as soon as one of its rows is.
with

awards as (
    select distinct
        program_version_id,
        lever_id,
        partner_id,
        period_start
    from {{ ref('int_incentives__qualified_bases') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

{%- set sets = {
    'scope_members': ('scope_id', 'For partners and customers of the scope'),
    'offer_set_members': ('offer_set_id', 'For products of the offer set'),
    'deal_registration_policies': ('deal_registration_policy_id', 'For deals that are registered under the policy'),
    'milestones': ('milestone_id', 'For customers that reached the milestone'),
} %}

named as (
    {%- for table, (column, words) in sets.items() %}
        select
            period_levers.program_version_id,
            period_levers.lever_id,
            '{{ table }}' as rule_table,
            rules.{{ column }} as rule_id,
            '{{ words }}' as explanation,
            min(rules.verification) as set_verification,
            min(rules.source) as set_source,
            min(rules.source_date) as set_source_date,
            period_levers.period_start
        from period_levers
        inner join {{ ref(table) }} as rules
            on
                {% if column == 'offer_set_id' -%}
                    rules.offer_set_id = coalesce(period_levers.offer_set_id, period_levers.measure_offer_set_id)
                {%- else -%}
                    period_levers.{{ column }} = rules.{{ column }}
                {%- endif %}
                and {{ rule_in_force('rules', 'period_levers', 'period_levers.period_start') }}
        group by
            period_levers.program_version_id, period_levers.lever_id, rules.{{ column }}, period_levers.period_start
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    awards.program_version_id,
    awards.lever_id,
    awards.partner_id,
    'scope' as step,
    25 as step_place,
    named.rule_table,
    named.rule_id,
    named.explanation,
    cast(null as {{ type_money() }}) as measure,
    cast(null as {{ type_money() }}) as rule_value,
    cast(null as {{ type_money() }}) as amount,
    named.period_start,
    named.set_verification,
    named.set_source,
    named.set_source_date
from awards
inner join named
    on
        awards.program_version_id = named.program_version_id
        and awards.lever_id = named.lever_id
        and awards.period_start = named.period_start
