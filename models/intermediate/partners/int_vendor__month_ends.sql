-- What the whole vendor has at the end of each month, as today's data tells it. A customer that several
-- partners share counts once.
with

partner_months as (
    select * from {{ ref('int_mrr__partner_months') }}
),

customer_months as (
    select * from {{ ref('int_partners__customer_months') }}
    where partner_id is null
),

at_risk as (
    select
        month_start,
        sum(mrr_at_risk) as mrr_at_risk
    from {{ ref('int_partners__mrr_at_risk') }}
    group by month_start
),

closings as (
    select
        month_start,
        sum(closing_mrr) as closing_mrr
    from partner_months
    group by month_start
)

select
    {{ money('closings.closing_mrr') }} as closing_mrr,
    {{ money('coalesce(at_risk.mrr_at_risk, 0)') }} as mrr_at_risk,
    coalesce(customer_months.customers, 0) as customers,
    closings.month_start
from closings
left join customer_months on closings.month_start = customer_months.month_start
left join at_risk on closings.month_start = at_risk.month_start
