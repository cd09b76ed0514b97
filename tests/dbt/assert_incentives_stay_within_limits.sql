-- Guards caps and budgets: what is paid in the period of a cap, to whom and of what it looks at, is never above it.
{{ config(meta={'dagster': {'ref': {'name': 'int_incentives__limited'}}}) }}
with

payouts as (
    select * from {{ ref('int_incentives__limited') }}
),

caps as (
    select * from {{ ref('int_incentives__limit_windows') }}
    where kind = 'cap'
)

select
    caps.limit_id,
    caps.window_start,
    caps.limit_amount,
    case when caps.level <> 'program' then payouts.partner_id end as partner_id,
    case when caps.level in ('line', 'customer') then payouts.customer_id end as customer_id,
    sum(payouts.amount) as paid_amount
from payouts
inner join caps
    on
        payouts.program_id = caps.program_id
        and (caps.lever_id is null or payouts.lever_id = caps.lever_id)
        and payouts.period_end > caps.window_start
        and payouts.period_end <= caps.window_end
group by
    caps.limit_id, caps.window_start, caps.limit_amount,
    case when caps.level <> 'program' then payouts.partner_id end,
    case when caps.level in ('line', 'customer') then payouts.customer_id end,
    case when caps.level = 'line' then payouts.lever_id end
having sum(payouts.amount) > caps.limit_amount
