-- What each partner has at the end of each month, as today's data tells it, from what is in force.
with

partner_months as (
    select * from {{ ref('int_mrr__partner_months') }}
),

customer_months as (
    select * from {{ ref('int_partners__customer_months') }}
),

at_risk as (
    select * from {{ ref('int_partners__mrr_at_risk') }}
),

closings as (
    select
        partner_id,
        month_start,
        sum(closing_mrr) as closing_mrr
    from partner_months
    group by partner_id, month_start
)

select
    closings.partner_id,
    {{ money('closings.closing_mrr') }} as closing_mrr,
    {{ money('coalesce(at_risk.mrr_at_risk, 0)') }} as mrr_at_risk,
    coalesce(customer_months.customers, 0) as customers,
    closings.month_start
from closings
left join customer_months
    on closings.partner_id = customer_months.partner_id and closings.month_start = customer_months.month_start
left join at_risk
    on closings.partner_id = at_risk.partner_id and closings.month_start = at_risk.month_start
