-- Guards that nothing is owed twice or lost: posted and accrued lines of a key together are what the calculation says
-- today, adjustments by people apart. And no more is taken back of a key than was paid of it.
{{ config(meta={'dagster': {'ref': {'name': 'partner_incentive_statement_lines'}}}) }}
with

lines as (
    select * from {{ ref('partner_incentive_statement_lines') }}
    where entry <> 'adjusted' or cause in ('late_data', 'changed_rule', 'lost_deal')
),

calculated as (
    select * from {{ ref('int_incentives__calculated_lines') }}
),

paid as (
    select
        line_key,
        sum(paid_amount) as paid_amount
    from {{ ref('int_incentives__posted_lines') }}
    group by line_key
),

summed as (
    select
        line_key,
        sum(case when entry <> 'clawed_back' then amount else 0 end) as owed,
        -sum(case when entry = 'clawed_back' then amount else 0 end) as clawed_back
    from lines
    group by line_key
)

select
    coalesce(summed.line_key, calculated.line_key) as line_key,
    summed.owed,
    calculated.amount,
    summed.clawed_back,
    paid.paid_amount
from summed
full outer join calculated on summed.line_key = calculated.line_key
left join paid on summed.line_key = paid.line_key
where
    coalesce(summed.owed, 0) <> coalesce(calculated.amount, 0)
    or summed.clawed_back > greatest(coalesce(paid.paid_amount, 0), 0)
    or summed.clawed_back < 0
