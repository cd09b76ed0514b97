{{ config(schema='certified') }}
-- MRR as certified at the end of each month, by customer, partner, product and currency: what any slice of MRR
-- is summed from. What has no MRR has no row.
with

closings as (
    {{ as_certified(
        'customer_mrr_monthly',
        ref('int_mrr__customer_months'),
        ['customer_id', 'partner_id', 'product_id', 'currency', 'native_mrr', 'mrr', 'month_start'],
        from_first_closing=true
    ) }}
),

movements as (
    select * from {{ ref('customer_mrr_movements') }}
),

roles as (
    select * from {{ ref('int_partners__customer_roles') }}
),

landings as (
    select
        customer_id,
        min(coalesce(corrected_month, month_start)) as landing_month
    from movements
    where amount > 0
    group by customer_id
)

select
    closings.customer_id,
    closings.partner_id,
    closings.product_id,
    closings.currency,
    coalesce(roles.partner_role, 'direct') as partner_role,
    '{{ var("reporting_currency") }}' as reporting_currency,
    closings.native_mrr,
    closings.mrr,
    landings.landing_month,
    closings.month_start
from closings
left join landings on closings.customer_id = landings.customer_id
left join roles on closings.partner_id = roles.partner_id and closings.customer_id = roles.customer_id
