-- Guards that nobody is left out of the growth tables, and that they say of closing MRR and customers what the bridge
-- says, in every table and for every partner and month.
{{ config(meta={'dagster': {'ref': {'name': 'partner_growth_monthly'}}}) }}
with

bridge as (
    select * from {{ ref('partner_mrr_monthly') }}
),

growth as (
    select * from {{ ref('partner_growth_monthly') }}
),

forward as (
    select * from {{ ref('partner_forward_mrr_monthly') }}
),

mix as (
    select * from {{ ref('partner_revenue_mix_monthly') }}
),

horizons as (
    select count(*) as horizons from {{ ref('forward_horizons') }}
),

forward_months as (
    select
        partner_id,
        month_start,
        count(*) as horizons,
        min(closing_mrr) as least_closing_mrr,
        max(closing_mrr) as closing_mrr
    from forward
    group by partner_id, month_start
)

select
    coalesce(bridge.partner_id, growth.partner_id) as partner_id,
    coalesce(bridge.month_start, growth.month_start) as month_start,
    bridge.closing_mrr,
    growth.closing_mrr as growth_closing_mrr,
    forward_months.closing_mrr as forward_closing_mrr,
    mix.recurring_mrr
from bridge
full outer join growth on bridge.partner_id = growth.partner_id and bridge.month_start = growth.month_start
left join forward_months
    on
        coalesce(bridge.partner_id, growth.partner_id) = forward_months.partner_id
        and coalesce(bridge.month_start, growth.month_start) = forward_months.month_start
left join mix
    on
        coalesce(bridge.partner_id, growth.partner_id) = mix.partner_id
        and coalesce(bridge.month_start, growth.month_start) = mix.month_start
cross join horizons
where
    growth.partner_id is null
    or coalesce(bridge.closing_mrr, 0) <> growth.closing_mrr
    or coalesce(bridge.customers, 0) <> growth.customers
    or coalesce(forward_months.horizons, 0) <> horizons.horizons
    or forward_months.least_closing_mrr <> growth.closing_mrr
    or forward_months.closing_mrr <> growth.closing_mrr
    or mix.partner_id is null
    or mix.recurring_mrr <> growth.closing_mrr
