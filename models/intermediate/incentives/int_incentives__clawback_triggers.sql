-- One row an event by which money may be recovered: a customer of a partner that cancelled, shrank, was given up as unpaid,
-- or got money back; with the share of what it had that was lost.
with

movements as (
    select * from {{ ref('customer_mrr_movements') }}
    where movement in ('churn', 'contraction') and amount < 0
),

stock as (
    select
        customer_id,
        partner_id,
        sum(mrr) as mrr,
        {{ add_months('month_start', 1) }} as next_month_start
    from {{ ref('customer_mrr_monthly') }}
    group by customer_id, partner_id, month_start
),

refunds as (
    select * from {{ ref('input_refunds') }}
),

partners_of as (
    select distinct
        customer_id,
        partner_id
    from {{ ref('customer_mrr_monthly') }}
),

losses as (
    select
        movements.partner_id,
        movements.customer_id,
        case
            when movements.movement = 'contraction' then 'downgrade'
            when movements.reason = 'involuntary' then 'non_payment'
            else 'cancel'
        end as event,
        sum(-movements.amount) as lost_amount,
        coalesce(max(stock.mrr), 0) as amount_before,
        movements.movement_date as occurred_on
    from movements
    left join stock
        on
            movements.partner_id = stock.partner_id
            and movements.customer_id = stock.customer_id
            and movements.month_start = stock.next_month_start
    group by movements.partner_id, movements.customer_id, event, movements.movement_date
),

money_back as (
    select
        partners_of.partner_id,
        refunds.customer_id,
        'refund' as event,
        sum(refunds.refunded_minor) as lost_amount,
        sum(refunds.charged_minor) as amount_before,
        {{ local_date('refunds.created_at') }} as occurred_on
    from refunds
    inner join partners_of on refunds.customer_id = partners_of.customer_id
    group by partners_of.partner_id, refunds.customer_id, {{ local_date('refunds.created_at') }}
),

events as (
    select * from losses
    union all
    select * from money_back
)

select
    partner_id,
    customer_id,
    event,
    case
        when event in ('cancel', 'non_payment') or amount_before <= lost_amount then cast(1 as decimal(18, 6))
        else {{ portion('1', 'lost_amount', 'nullif(amount_before, 0)') }}
    end as lost_share,
    occurred_on
from events
