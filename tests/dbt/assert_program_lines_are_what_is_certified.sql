-- Guards one figure by one name: what programs read of a metric by line sums to what is certified of it, by partner and
-- month.
{{ config(meta={'dagster': {'ref': {'name': 'int_incentives__metric_lines'}}}) }}
{%- set certified = {
    'closing_mrr': ['partner_mrr_monthly', 'closing_mrr'],
    'new_mrr': ['partner_mrr_monthly', 'new_mrr'],
    'expansion_mrr': ['partner_mrr_monthly', 'expansion_mrr'],
    'churn_mrr': ['partner_mrr_monthly', 'churn_mrr'],
    'correction_mrr': ['partner_mrr_monthly', 'correction_mrr'],
    'billed_revenue': ['partner_billed_revenue_monthly', 'billed_revenue'],
    'signed_contract_value': ['partner_contracts_monthly', 'signed_contract_value'],
    'won_registered_deals': ['partner_contracts_monthly', 'won_registered_deals'],
    'renewed_mrr': ['partner_contracts_monthly', 'renewed_mrr'],
    'milestones_reached': ['partner_enablement_monthly', 'milestones_reached'],
} %}
with

standard_rules as (
    select rule_id from {{ ref('int_incentives__event_rules') }}
    where program_version_id = 'standard' and event <> 'first_use'
),

read_metrics as (
    select distinct metric_id from {{ ref('int_incentives__metric_lines') }}
),

lines as (
    select
        metric_id,
        partner_id,
        month_start,
        sum(amount) as amount
    from {{ ref('int_incentives__metric_lines') }}
    where rule_id is null or rule_id in (select standard_rules.rule_id from standard_rules)
    group by metric_id, partner_id, month_start
),

certified as (
    {%- for metric_id, place in certified.items() %}
        select
            '{{ metric_id }}' as metric_id,
            partner_id,
            month_start,
            sum({{ place[1] }}) as amount
        from {{ ref(place[0]) }}
        group by partner_id, month_start
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    coalesce(lines.metric_id, certified.metric_id) as metric_id,
    coalesce(lines.partner_id, certified.partner_id) as partner_id,
    coalesce(lines.month_start, certified.month_start) as month_start,
    lines.amount as line_amount,
    certified.amount as certified_amount
from certified
inner join read_metrics on certified.metric_id = read_metrics.metric_id
full outer join lines
    on
        certified.metric_id = lines.metric_id
        and certified.partner_id = lines.partner_id
        and certified.month_start = lines.month_start
where
    coalesce(lines.amount, 0) <> coalesce(certified.amount, 0)
    and coalesce(lines.metric_id, certified.metric_id) in ('{{ certified | join("', '") }}')
