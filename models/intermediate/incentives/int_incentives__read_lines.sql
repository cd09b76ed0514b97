{{ config(materialized='view') }}
-- The metric lines that each program version reads: of the metrics that it binds, in its own months and in those that
-- its windows and comparisons reach back to. `rule_month` is the month whose rules hold for a line: those that the
-- version begins with for months before it.
with

needed as (
    select
        program_id,
        program_version_id,
        currency,
        metric_id,
        metric_version,
        min(version_from) as version_from,
        min({{ add_months(month_of('applies_from'), '-reach_months') }}) as first_month,
        max(applies_to) as applies_to
    from {{ ref('int_incentives__bound_metrics') }}
    where has_lines
    group by program_id, program_version_id, currency, metric_id, metric_version
),

lines as (
    select * from {{ ref('int_incentives__metric_lines') }}
),

own_rules as (
    select * from {{ ref('int_incentives__own_rules') }}
)

select
    needed.program_id,
    needed.program_version_id,
    needed.currency,
    lines.metric_id,
    lines.metric_version,
    lines.partner_id,
    lines.customer_id,
    lines.product_id,
    lines.partner_role,
    lines.condition_key,
    lines.source_type,
    lines.source_id,
    lines.amount,
    lines.is_money,
    lines.is_state,
    lines.month_start,
    lines.occurred_on,
    greatest(lines.month_start, needed.version_from) as rule_month
from needed
inner join lines
    on
        needed.metric_id = lines.metric_id
        and needed.metric_version = lines.metric_version
        and needed.first_month <= lines.month_start
        and needed.applies_to > lines.month_start
left join own_rules
    on
        needed.program_version_id = own_rules.program_version_id
        and lines.metric_id = own_rules.metric_id
        and lines.rule_id = own_rules.rule_id
where lines.rule_id is null or own_rules.rule_id is not null
