-- How much of what was bought is used at the end of each month, by partner of record. What nobody stands behind is direct.
with

usage_months as (
    select * from {{ ref('int_usage__customer_months') }}
)

select
    partner_id,
    {{ money('sum(seats_bought)') }} as seats_bought,
    {{ money('sum(seats_used)') }} as seats_used,
    {{ money('sum(active_users)') }} as active_users,
    month_start
from usage_months
group by partner_id, month_start
