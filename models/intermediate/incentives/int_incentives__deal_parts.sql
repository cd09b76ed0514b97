-- Deals won, by line and partner of record of the customer on the day service starts. What nobody stands behind is
-- direct. The registration is told of the partner that has it, and of no other.
with

deals as (
    select * from {{ ref('int_incentives__won_deals') }}
),

members as (
    select * from {{ ref('int_incentives__partners_of_record') }}
),

roles as (
    select * from {{ ref('int_partners__customer_roles') }}
),

parts as (
    select
        deals.opportunity_id,
        deals.customer_id,
        deals.product_id,
        deals.opportunity_kind,
        deals.deal_registration_id,
        deals.registered_partner_id,
        coalesce(members.partner_id, 'direct') as partner_id,
        {{ part_of_record('deals.amount', ['deals.opportunity_id', 'deals.product_id']) }} as amount,
        deals.close_date,
        deals.month_start
    from deals
    left join members on deals.customer_id = members.customer_id and deals.credited_on = members.on_date
)

select
    parts.opportunity_id,
    parts.partner_id,
    parts.customer_id,
    parts.product_id,
    coalesce(roles.partner_role, 'direct') as partner_role,
    parts.opportunity_kind,
    case when parts.registered_partner_id = parts.partner_id then parts.deal_registration_id end as deal_registration_id,
    {{ money('parts.amount') }} as amount,
    parts.close_date,
    parts.month_start
from parts
left join roles on parts.partner_id = roles.partner_id and parts.customer_id = roles.customer_id
