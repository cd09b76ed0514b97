-- Guards the base that a statement shows: a value of one month that compares with nothing is the sum of its lines, and
-- growth customer by customer the sum of theirs. It is what the program read.
{{ config(meta={'dagster': {'ref': {'name': 'int_incentives__metric_snapshots'}}}) }}
with

bound as (
    select * from {{ ref('int_incentives__bound_metrics') }}
    where
        has_lines
        and level <> 'partner_group'
        and (
            (comparator = 'none' and time_window in ('month', 'period'))
            or (level in ('customer', 'customer_product') and coalesce(comparator_form, 'difference') = 'difference')
        )
),

lines as (
    select
        program_version_id,
        binding_id,
        partner_id,
        month_start,
        sum(amount) as amount
    from {{ ref('int_incentives__snapshot_lines') }}
    group by program_version_id, binding_id, partner_id, month_start
)

select
    snapshots.program_version_id,
    snapshots.binding_id,
    snapshots.partner_id,
    snapshots.month_start,
    snapshots.value,
    lines.amount
from {{ ref('int_incentives__metric_snapshots') }} as snapshots
inner join bound
    on
        snapshots.program_version_id = bound.program_version_id
        and snapshots.binding_id = bound.binding_id
        and snapshots.month_start >= bound.applies_from
        and snapshots.month_start < bound.applies_to
left join lines
    on
        snapshots.program_version_id = lines.program_version_id
        and snapshots.binding_id = lines.binding_id
        and snapshots.partner_id = lines.partner_id
        and snapshots.month_start = lines.month_start
where snapshots.value is not null and snapshots.value <> coalesce(lines.amount, 0)
