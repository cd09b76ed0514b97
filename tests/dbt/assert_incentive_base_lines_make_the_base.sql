-- Guards the way back: every owed line can be followed to what it was paid on. The pieces of its customer add up to its
-- base.
{{ config(meta={'dagster': {'ref': {'name': 'incentive_base_lines'}}}) }}
with

lines as (
    select * from {{ ref('int_incentives__calculated_lines') }}
),

pieces as (
    select
        program_id,
        lever_id,
        partner_id,
        coalesce(customer_id, '') as customer_key,
        period_start,
        period_end,
        sum(amount) as amount
    from {{ ref('incentive_base_lines') }}
    where event_sequence = 0
    group by program_id, lever_id, partner_id, coalesce(customer_id, ''), period_start, period_end
)

select
    lines.line_key,
    lines.base_amount,
    pieces.amount
from lines
left join pieces
    on
        lines.program_id = pieces.program_id
        and lines.lever_id = pieces.lever_id
        and lines.partner_id = pieces.partner_id
        and coalesce(lines.customer_id, '') = pieces.customer_key
        and lines.period_start = pieces.period_start
        and lines.period_end = pieces.period_end
where lines.base_amount <> coalesce(pieces.amount, 0)
