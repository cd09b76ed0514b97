-- MRR of each customer with each partner at the end of each month, as certified: whose health is looked at, and what
-- partners and the vendor are summed from.
with

mrr as (
    select * from {{ ref('customer_mrr_monthly') }}
)

select
    customer_id,
    partner_id,
    {{ money('sum(mrr)') }} as mrr,
    month_start
from mrr
group by customer_id, partner_id, month_start
having sum(mrr) > 0
