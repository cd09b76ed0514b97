{{ config(materialized='view') }}
-- The credited lines that each binding reads: of its metric, in its offer set and of its condition, in its months and in
-- those that its window and comparison reach back to.
with

bound as (
    select * from {{ ref('int_incentives__bound_metrics') }}
    where has_lines
),

lines as (
    select * from {{ ref('int_incentives__attributed_lines') }}
),

offers as (
    select * from {{ ref('int_incentives__offer_products') }}
)

select
    bound.binding_id,
    bound.applies_from,
    bound.comparator,
    bound.is_distinct,
    lines.program_id,
    lines.program_version_id,
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
    lines.month_start >= bound.applies_from as is_in_force,
    lines.month_start,
    lines.occurred_on
from bound
inner join lines
    on
        bound.program_version_id = lines.program_version_id
        and bound.metric_id = lines.metric_id
        and bound.metric_version = lines.metric_version
        and bound.applies_to > lines.month_start
        and lines.month_start >= {{ add_months(month_of('bound.applies_from'), '-bound.reach_months') }}
        and coalesce(bound.condition_key = lines.condition_key, bound.condition_key is null)
left join offers
    on
        bound.program_version_id = offers.program_version_id
        and bound.offer_set_id = offers.offer_set_id
        and lines.product_id = offers.product_id
        and greatest(lines.month_start, bound.version_from) = offers.month_start
where bound.offer_set_id is null or offers.product_id is not null
