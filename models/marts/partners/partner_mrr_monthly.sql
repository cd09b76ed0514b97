{{ config(schema='certified') }}
-- The MRR bridge of each partner: opening, movements, closing. Closing comes from what is in force, the
-- movements from what changed; that they meet is tested, not assumed.
with

movements as (
    select * from {{ ref('customer_mrr_movements') }}
),

closings as (
    select * from {{ ref('int_partners__certified_month_ends') }}
),

partners as (
    select * from {{ ref('input_partners') }}
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
    closings.mrr_at_risk,
    closings.customers,
    closings.month_start
from closings
left join bridges
    on closings.partner_id = bridges.partner_id and closings.month_start = bridges.month_start
left join partners on closings.partner_id = partners.partner_id
