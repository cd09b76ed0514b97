{{ config(schema='certified') }}
-- The MRR bridge of each partner: opening, movements, closing. Closing comes from what is in force, the
-- movements from what changed; that they meet is tested, not assumed.
with

movements as (
    select * from {{ ref('customer_mrr_movements') }}
),

partner_months as (
    select * from {{ ref('int_mrr__partner_months') }}
),

customer_months as (
    select * from {{ ref('int_partners__customer_months') }}
),

at_risk as (
    select * from {{ ref('int_partners__mrr_at_risk') }}
),

partners as (
    select * from {{ ref('input_partners') }}
),

closings as (
    select
        partner_id,
        month_start,
        sum(closing_mrr) as closing_mrr
    from partner_months
    group by partner_id, month_start
),

bridges as (
    select
        partner_id,
        month_start,
        {{ bridge_sums() }}
    from movements
    group by partner_id, month_start
)

select
    closings.partner_id,
    case
        when closings.partner_id = 'direct' then 'Direct'
        else coalesce(partners.partner_name, closings.partner_id)
    end as partner_name,
    coalesce(partners.partner_type, 'direct') as partner_type,
    partners.region as partner_region,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ bridge_columns('closings', 'partition by closings.partner_id') }},
    {{ money('coalesce(at_risk.mrr_at_risk, 0)') }} as mrr_at_risk,
    coalesce(customer_months.customers, 0) as customers,
    closings.month_start
from closings
left join bridges
    on closings.partner_id = bridges.partner_id and closings.month_start = bridges.month_start
left join customer_months
    on closings.partner_id = customer_months.partner_id and closings.month_start = customer_months.month_start
left join at_risk
    on closings.partner_id = at_risk.partner_id and closings.month_start = at_risk.month_start
left join partners on closings.partner_id = partners.partner_id
