select
    partner_id,
    partner_id as partner_name,
    date '2026-10-01' as month_start,
    sum(mrr) as closing_mrr,
    12 * sum(mrr) as closing_arr,
    count(*) as customers
from {{ source('stripe', 'subscription') }}
group by partner_id
