{{ config(schema='certified') }}
-- The MRR bridge of the whole vendor, to which the partners sum. Transfers between partners are no event
-- here: they net to nothing.
with

movements as (
    select * from {{ ref('customer_mrr_movements') }}
),

vendor_months as (
    select
        month_start,
        sum(closing_mrr) as closing_mrr
    from {{ ref('int_mrr__partner_months') }}
    group by month_start
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

bridges as (
    select
        month_start,
        {{ bridge_sums(with_transfers=false) }}
    from movements
    group by month_start
)

select
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ bridge_columns('vendor_months', '', with_transfers=false) }},
    {{ money('coalesce(at_risk.mrr_at_risk, 0)') }} as mrr_at_risk,
    coalesce(customer_months.customers, 0) as customers,
    vendor_months.month_start
from vendor_months
left join bridges on vendor_months.month_start = bridges.month_start
left join customer_months on vendor_months.month_start = customer_months.month_start
left join at_risk on vendor_months.month_start = at_risk.month_start
