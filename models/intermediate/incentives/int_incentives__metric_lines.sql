-- Certified metrics as lines: what of a metric stands with which partner, customer and product in a month, and where
-- that is written. Programs pay on these, so that every amount can be followed to its evidence. Only metrics that a
-- program reads. Amounts are by the metric's own definition in the semantic layer. `direct` is kept, because a role
-- that is not of record may be credited with a part of the whole.
{%- set definitions = program_metric_definitions() %}
{%- set movements = [
    'new_mrr', 'reactivation_mrr', 'expansion_mrr', 'upsell_mrr', 'contraction_mrr', 'churn_mrr', 'correction_mrr'
] %}
with

metrics as (
    select * from {{ ref('int_incentives__available_metrics') }}
    where metric_id in (select bound.metric_id from {{ ref('int_incentives__bound_metrics') }} as bound)
),

closings as (
    select * from {{ ref('customer_mrr_monthly') }}
),

movements as (
    select * from {{ ref('customer_mrr_movements') }}
),

roles as (
    select * from {{ ref('int_partners__customer_roles') }}
),

lines as (
    select
        'closing_mrr' as metric_id,
        partner_id,
        customer_id,
        product_id,
        partner_role,
        cast(null as {{ dbt.type_string() }}) as condition_key,
        cast(null as {{ dbt.type_string() }}) as rule_id,
        'customer_mrr_monthly' as source_type,
        currency as source_id,
        {{ metric_expression(definitions, 'closing_mrr') }} as amount,
        month_start,
        {{ last_day_of_month('month_start') }} as occurred_on
    from closings
    union all
    select
        'customers' as metric_id,
        partner_id,
        customer_id,
        product_id,
        partner_role,
        null as condition_key,
        null as rule_id,
        'customer_mrr_monthly' as source_type,
        currency as source_id,
        1 as amount,
        month_start,
        {{ last_day_of_month('month_start') }} as occurred_on
    from closings
    {%- for metric_id in movements %}
        union all
        select
            '{{ metric_id }}' as metric_id,
            movements.partner_id,
            movements.customer_id,
            movements.product_id,
            coalesce(roles.partner_role, 'direct') as partner_role,
            movements.reason as condition_key,
            null as rule_id,
            'customer_mrr_movements' as source_type,
            movements.currency as source_id,
            {{ metric_expression(definitions, metric_id) }} as amount,
            movements.month_start,
            movements.movement_date as occurred_on
        from movements
        left join roles on movements.partner_id = roles.partner_id and movements.customer_id = roles.customer_id
        where {{ metric_condition(definitions, metric_id) }}
    {%- endfor %}
    union all
    select * from {{ ref('int_incentives__activity_lines') }}
)

select
    lines.metric_id,
    metrics.metric_version,
    lines.partner_id,
    lines.customer_id,
    lines.product_id,
    lines.partner_role,
    lines.condition_key,
    lines.rule_id,
    lines.source_type,
    lines.source_id,
    {{ money('sum(lines.amount)') }} as amount,
    metrics.is_money,
    metrics.is_state,
    lines.month_start,
    lines.occurred_on
from lines
inner join metrics on lines.metric_id = metrics.metric_id
group by
    lines.metric_id, metrics.metric_version, lines.partner_id, lines.customer_id, lines.product_id, lines.partner_role,
    lines.condition_key, lines.rule_id, lines.source_type, lines.source_id, metrics.is_money, metrics.is_state,
    lines.month_start, lines.occurred_on
having sum(lines.amount) <> 0
