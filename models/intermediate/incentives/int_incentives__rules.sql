-- One row a rule of any program, as known on the day the calculation stands on: where it stands, and who says so.
-- Shares of verified rules, and the explanation of an amount, are read from here.
{%- set keys = {
    'attribution_rules': ['partner_role'],
    'metric_bindings': ['binding_id'],
    'offer_set_members': ['offer_set_id', 'product_family', 'product_id'],
    'scope_members': ['scope_id', 'dimension', 'value'],
    'region_classes': ['region_class', 'country_code'],
    'gate_groups': ['gate_group_id'],
    'gate_conditions': ['gate_condition_id'],
    'credential_requirements': ['credential_id'],
    'scorecards': ['scorecard_id'],
    'scorecard_components': ['component_id'],
    'score_bands': ['component_id', 'lower_bound'],
    'tiers': ['tier_id'],
    'entitlements': ['entitlement_id'],
    'deal_registration_policies': ['deal_registration_policy_id'],
    'renewal_rules': ['renewal_rule_id'],
    'milestones': ['milestone_id'],
    'levers': ['lever_id'],
    'rate_bands': ['lever_id', 'band_order'],
    'accelerators': ['accelerator_id'],
    'exception_grants': ['exception_id'],
    'limits': ['limit_id'],
    'payout_splits': ['lever_id', 'split_order'],
    'fund_wallets': ['fund_wallet_id'],
    'clawback_rules': ['clawback_rule_id'],
} %}
with

as_of as (
    select * from {{ ref('int_as_of') }}
),

rules as (
    {%- for table, columns in keys.items() %}
        select
            '{{ table }}' as rule_table,
            {{ rule_key(columns) }} as rule_id,
            program_version_id,
            verification,
            source,
            source_date,
            note,
            valid_from,
            valid_to,
            recorded_on,
            superseded_on
        from {{ ref(table) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    rules.rule_table,
    rules.rule_id,
    rules.program_version_id,
    rules.verification,
    rules.source,
    rules.source_date,
    rules.note,
    coalesce(cast(rules.valid_from as {{ dbt.type_string() }}), '') as valid_key,
    rules.valid_from,
    rules.valid_to,
    rules.recorded_on,
    rules.superseded_on
from rules
cross join as_of
where {{ rule_is_known('rules', programs_known_on('as_of')) }}
