-- Guards the revenue mix: what the partners show of a month by kind is what was invoiced of that kind, and one-off
-- revenue is its four kinds.
{{ config(meta={'dagster': {'ref': {'name': 'int_growth__partner_revenue_months'}}}) }}
with

parts as (
    select
        month_start,
        sum(case when revenue_kind in ('hardware', 'setup', 'services', 'other') then amount else 0 end) as one_off_revenue,
        sum(case when revenue_kind = 'pass_through' then amount else 0 end) as pass_through_revenue
    from {{ ref('int_growth__revenue_parts') }}
    group by month_start
),

mix as (
    select
        month_start,
        sum(one_off_revenue) as one_off_revenue,
        sum(hardware_revenue + setup_revenue + services_revenue + other_revenue) as kinds_revenue,
        sum(pass_through_revenue) as pass_through_revenue
    from {{ ref('int_growth__partner_revenue_months') }}
    group by month_start
)

select
    coalesce(mix.month_start, parts.month_start) as month_start,
    mix.one_off_revenue,
    parts.one_off_revenue as invoiced_one_off_revenue
from mix
full outer join parts on mix.month_start = parts.month_start
where
    coalesce(mix.one_off_revenue, 0) <> coalesce(parts.one_off_revenue, 0)
    or mix.one_off_revenue <> mix.kinds_revenue
    or coalesce(mix.pass_through_revenue, 0) <> coalesce(parts.pass_through_revenue, 0)
