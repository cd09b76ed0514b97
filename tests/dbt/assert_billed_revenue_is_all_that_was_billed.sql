-- Guards billed revenue: partners and direct sum to the invoice lines, month by month. What is billed is credited once.
{{ config(meta={'dagster': {'ref': {'name': 'partner_billed_revenue_monthly'}}}) }}
with

credited as (
    select
        month_start,
        sum(billed_revenue) as amount,
        sum(invoice_lines) as parts
    from {{ ref('partner_billed_revenue_monthly') }}
    group by month_start
),

billed as (
    select
        month_start,
        sum(amount) as amount,
        count(*) as lines
    from {{ ref('int_incentives__billed_lines') }}
    group by month_start
)

select
    billed.month_start,
    billed.amount as billed_amount,
    credited.amount as credited_amount
from billed
left join credited on billed.month_start = credited.month_start
where credited.amount is distinct from billed.amount or credited.parts < billed.lines
