{{ config(schema='certified') }}
-- Kept and added MRR of each partner, credited to the roles that had to do with the customers, by four rules side by side:
-- a row a partner, role, rule and month. The roles of a rule, `none` among them, sum to what is certified.
{%- set rules = ['first', 'last', 'linear', 'time_decay'] %}
with

credits as (
    select * from {{ ref('int_contribution__credits') }}
),

defaults as (
    select * from {{ ref('contribution_rules') }}
),

summed as (
    select
        partner_id,
        role_id,
        {%- for rule in rules %}
            sum(case when outcome = 'retained' then {{ rule }}_amount else 0 end) as {{ rule }}_retained_mrr,
            sum(case when outcome = 'expanded' then {{ rule }}_amount else 0 end) as {{ rule }}_expanded_mrr,
        {%- endfor %}
        month_start
    from credits
    group by partner_id, role_id, month_start
),

by_rule as (
    {%- for rule in rules %}
        select
            partner_id,
            role_id,
            '{{ rule }}' as attribution_rule,
            {{ rule }}_retained_mrr as retained_mrr,
            {{ rule }}_expanded_mrr as expanded_mrr,
            month_start
        from summed
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    by_rule.partner_id,
    by_rule.role_id,
    by_rule.attribution_rule,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('by_rule.retained_mrr') }} as retained_mrr,
    {{ money('by_rule.expanded_mrr') }} as expanded_mrr,
    coalesce(defaults.is_default, false) as is_default_rule,
    by_rule.month_start
from by_rule
left join defaults on by_rule.attribution_rule = defaults.attribution_rule
