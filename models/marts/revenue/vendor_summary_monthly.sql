{{ config(schema='certified') }}
-- The MRR bridge of the whole vendor, to which the partners sum. Transfers between partners are no event
-- here: they net to nothing.
with

movements as (
    select * from {{ ref('customer_mrr_movements') }}
),

closings as (
    {{ as_certified(
        'vendor_summary_monthly',
        ref('int_vendor__month_ends'),
        ['closing_mrr', 'mrr_at_risk', 'customers', 'month_start'],
        from_first_closing=true
    ) }}
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
    {{ bridge_columns('closings', '', with_transfers=false) }},
    closings.mrr_at_risk,
    closings.customers,
    closings.month_start
from closings
left join bridges on closings.month_start = bridges.month_start
