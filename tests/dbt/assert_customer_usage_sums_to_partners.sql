-- Guards what partners are given of use: what customers use sums to what is certified of their partners, seat by
-- seat.
{{ config(meta={'dagster': {'ref': {'name': 'customer_usage_monthly'}}}) }}
with

customers as (
    select
        partner_id,
        sum(seats_bought) as seats_bought,
        sum(seats_used) as seats_used,
        sum(active_users) as active_users,
        month_start
    from {{ ref('customer_usage_monthly') }}
    group by partner_id, month_start
),

partners as (
    select * from {{ ref('partner_enablement_monthly') }}
)

select
    coalesce(partners.partner_id, customers.partner_id) as partner_id,
    coalesce(partners.month_start, customers.month_start) as month_start
from partners
full outer join customers
    on partners.partner_id = customers.partner_id and partners.month_start = customers.month_start
where
    coalesce(partners.seats_bought, 0) <> coalesce(customers.seats_bought, 0)
    or coalesce(partners.seats_used, 0) <> coalesce(customers.seats_used, 0)
    or coalesce(partners.active_users, 0) <> coalesce(customers.active_users, 0)
