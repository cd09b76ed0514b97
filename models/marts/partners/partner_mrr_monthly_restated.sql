{{ config(schema='certified') }}
-- The MRR bridge of each partner as today's data tells it, closed months included, beside what was certified.
-- Later findings stand here in the month they belong to; as certified they are corrections.
with

movements as (
    select * from {{ ref('int_mrr__movements') }}
),

closings as (
    select * from {{ ref('int_partners__month_ends') }}
),

certified as (
    select * from {{ ref('partner_mrr_monthly') }}
),

bridges as (
    select
        partner_id,
        month_start,
        {{ bridge_sums() }}
    from movements
    group by partner_id, month_start
),

restated as (
    select
        closings.partner_id,
        {{ bridge_columns('closings', 'partition by closings.partner_id') }},
        closings.customers,
        closings.month_start
    from closings
    left join bridges
        on closings.partner_id = bridges.partner_id and closings.month_start = bridges.month_start
)

select
    coalesce(restated.partner_id, certified.partner_id) as partner_id,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('coalesce(restated.opening_mrr, 0)') }} as opening_mrr,
    {%- for movement in bridge_movements() if movement != 'correction' %}
        {{ money('coalesce(restated.' ~ movement ~ '_mrr, 0)') }} as {{ movement }}_mrr,
    {%- endfor %}
    {{ money('coalesce(restated.closing_mrr, 0)') }} as closing_mrr,
    {{ money('coalesce(certified.closing_mrr, 0)') }} as certified_closing_mrr,
    {{ money('coalesce(restated.closing_mrr, 0) - coalesce(certified.closing_mrr, 0)') }} as restatement,
    coalesce(restated.customers, 0) as customers,
    coalesce(restated.month_start, certified.month_start) as month_start
from restated
full outer join certified
    on restated.partner_id = certified.partner_id and restated.month_start = certified.month_start
