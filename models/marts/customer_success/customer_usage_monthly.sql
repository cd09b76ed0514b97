{{ config(schema='certified') }}
-- How much each customer uses of what it bought, by product and partner of record, at the end of each month.
with

usage_months as (
    select * from {{ ref('int_usage__customer_months') }}
)

select
    customer_id,
    product_id,
    partner_id,
    case when coalesce(seats_bought, 0) = 0 then 'no_seats' end as adoption_rate_null_reason,
    {{ money('coalesce(seats_bought, 0)') }} as seats_bought,
    {{ money('coalesce(seats_used, 0)') }} as seats_used,
    {{ money('coalesce(active_users, 0)') }} as active_users,
    cast({{ divided('seats_used', 'nullif(seats_bought, 0)') }} as decimal(18, 6)) as adoption_rate,
    month_start
from usage_months
