-- How the roles that meet customers share in what is kept and added, and in what is paid: by the default rule of attribution,
-- over twelve months. The partner's company counts with its people. One row a measure and month.
{%- set roles = ['account_manager', 'customer_support', 'customer_success', 'partner_staff'] %}
{%- set measures = {
    'contribution_share': ['contribution_share', 'contribution_null_reason'],
    'reward_share': ['side_reward_share', 'reward_null_reason'],
    'reward_gap': ['side_reward_share - contribution_share', 'gap_null_reason'],
} %}
with

gaps as (
    select * from {{ ref('reward_gap_monthly') }}
    where is_default_rule and role_id in ('{{ roles | join("', '") }}')
)

{% for measure, (value, reason) in measures.items() %}
    select
        {{ dbt.concat(["'" ~ measure ~ "_'", 'role_id']) }} as measure_id,
        {{ reason }} as value_null_reason,
        cast({{ value }} as decimal(18, 6)) as value,
        month_start
    from gaps
    {{ 'union all' if not loop.last }}
{% endfor %}
