-- What each lever measures in each period, before it is asked who and what it is for: the lines behind its paying measure.
with

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

lines as (
    select * from {{ ref('int_incentives__snapshot_lines') }}
    where partner_id <> 'direct'
),

kept as (
    select * from {{ ref('int_incentives__kept_growth') }}
)

select
    period_levers.program_id,
    period_levers.program_version_id,
    period_levers.lever_id,
    lines.partner_id,
    lines.customer_id,
    lines.product_id,
    lines.condition_key,
    lines.source_type,
    lines.source_id,
    case
        when kept.partner_id is null then lines.amount
        when period_levers.floor_at_zero
            then least(lines.amount, greatest(kept.kept_amount, cast(0 as {{ type_money() }})))
        else least(lines.amount, kept.kept_amount)
    end as base_amount,
    period_levers.period_start,
    lines.month_start,
    lines.occurred_on
from period_levers
inner join lines
    on
        period_levers.program_version_id = lines.program_version_id
        and period_levers.pay_binding_id = lines.binding_id
        and period_levers.last_month >= lines.month_start
        and case
            when period_levers.is_read_at_end then period_levers.last_month else period_levers.period_start
        end <= lines.month_start
left join kept
    on
        period_levers.program_version_id = kept.program_version_id
        and period_levers.lever_id = kept.lever_id
        and period_levers.period_start = kept.period_start
        and lines.partner_id = kept.partner_id
        and coalesce(lines.customer_id, '') = coalesce(kept.customer_id, '')
        and coalesce(lines.product_id, '') = coalesce(kept.product_id, '')
