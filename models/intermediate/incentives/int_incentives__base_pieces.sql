-- What each payout is paid on today, piece by piece: invoice lines, deals, renewed terms, milestones, or the MRR of a customer and
-- product. All lines of a customer in a payout (rebate, fund, persons) stand on the same pieces.
with

lines as (
    select distinct
        program_version_id,
        lever_id,
        partner_id,
        period_start,
        period_end
    from {{ ref('int_incentives__calculated_lines') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

base_lines as (
    select * from {{ ref('int_incentives__base_lines') }}
),

pieces as (
    select
        base_lines.program_id,
        base_lines.program_version_id,
        base_lines.lever_id,
        base_lines.partner_id,
        base_lines.customer_id,
        base_lines.product_id,
        base_lines.condition_key,
        base_lines.source_type,
        base_lines.source_id,
        sum(base_lines.base_amount) as amount,
        base_lines.period_start,
        lines.period_end,
        base_lines.month_start,
        base_lines.occurred_on
    from base_lines
    inner join period_levers
        on
            base_lines.program_version_id = period_levers.program_version_id
            and base_lines.lever_id = period_levers.lever_id
            and base_lines.period_start = period_levers.period_start
    inner join lines
        on
            base_lines.program_version_id = lines.program_version_id
            and base_lines.lever_id = lines.lever_id
            and base_lines.partner_id = lines.partner_id
            and base_lines.period_start = lines.period_start
            and period_levers.period_end = lines.period_end
    group by
        base_lines.program_id, base_lines.program_version_id, base_lines.lever_id, base_lines.partner_id,
        base_lines.customer_id, base_lines.product_id, base_lines.condition_key, base_lines.source_type,
        base_lines.source_id, base_lines.period_start, lines.period_end, base_lines.month_start, base_lines.occurred_on
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    product_id,
    condition_key,
    source_type,
    source_id,
    row_number() over (
        partition by program_id, lever_id, partner_id, period_start, period_end
        order by customer_id, occurred_on, source_type, source_id, product_id, condition_key, amount
    ) as piece,
    {{ money('amount') }} as amount,
    period_start,
    period_end,
    month_start,
    occurred_on
from pieces
