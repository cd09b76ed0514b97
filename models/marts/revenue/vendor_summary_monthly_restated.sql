{{ config(schema='certified') }}
-- The MRR bridge of the whole vendor as today's data tells it, closed months included, beside what was certified.
with

movements as (
    select * from {{ ref('int_mrr__movements') }}
),

closings as (
    select * from {{ ref('int_vendor__month_ends') }}
),

certified as (
    select * from {{ ref('vendor_summary_monthly') }}
),

bridges as (
    select
        month_start,
        {{ bridge_sums(with_transfers=false) }}
    from movements
    group by month_start
),

restated as (
    select
        {{ bridge_columns('closings', '', with_transfers=false) }},
        closings.customers,
        closings.month_start
    from closings
    left join bridges on closings.month_start = bridges.month_start
)

select
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('coalesce(restated.opening_mrr, 0)') }} as opening_mrr,
    {%- for movement in bridge_movements(with_transfers=false) if movement != 'correction' %}
        {{ money('coalesce(restated.' ~ movement ~ '_mrr, 0)') }} as {{ movement }}_mrr,
    {%- endfor %}
    {{ money('coalesce(restated.closing_mrr, 0)') }} as closing_mrr,
    {{ money('coalesce(certified.closing_mrr, 0)') }} as certified_closing_mrr,
    {{ money('coalesce(restated.closing_mrr, 0) - coalesce(certified.closing_mrr, 0)') }} as restatement,
    coalesce(restated.customers, 0) as customers,
    coalesce(restated.month_start, certified.month_start) as month_start
from restated
full outer join certified on restated.month_start = certified.month_start
