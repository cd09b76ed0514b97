-- Guards explanations: one that does not arrive at the amount explains nothing. The parts of a payout, and funds that
-- were given back, add up to its lines, bucket by bucket.
{{ config(meta={'dagster': {'ref': {'name': 'incentive_line_explanations'}}}) }}
with

lines as (
    select
        program_id,
        lever_id,
        partner_id,
        bucket,
        period_start,
        period_end,
        sum(amount) as amount
    from {{ ref('int_incentives__calculated_lines') }}
    group by program_id, lever_id, partner_id, bucket, period_start, period_end
),

explained as (
    select
        program_id,
        lever_id,
        partner_id,
        bucket,
        period_start,
        period_end,
        sum(amount) as amount
    from {{ ref('incentive_line_explanations') }}
    where event_sequence = 0 and step in ('split', 'fund')
    group by program_id, lever_id, partner_id, bucket, period_start, period_end
)

select
    lines.program_id,
    lines.lever_id,
    lines.partner_id,
    lines.bucket,
    lines.period_start,
    lines.amount,
    explained.amount as explained_amount
from lines
left join explained
    on
        lines.program_id = explained.program_id
        and lines.lever_id = explained.lever_id
        and lines.partner_id = explained.partner_id
        and lines.bucket = explained.bucket
        and lines.period_start = explained.period_start
        and lines.period_end = explained.period_end
where lines.amount <> coalesce(explained.amount, 0)
