-- Everything that the growth metrics are made of, a row a partner and month and (without a partner) a row for the
-- vendor, over the windows that they look back on.
with

spine as (
    select * from {{ ref('int_growth__spine') }}
),

partner_months as (
    select * from {{ ref('int_mrr__partner_months') }}
),

movements as (
    select * from {{ ref('int_mrr__movements') }}
),

customer_months as (
    select
        *,
        lag(customers, 1, 0) over (partition by partner_id order by month_start) as opening_customers
    from {{ ref('int_partners__customer_months') }}
),

closings as (
    select
        partner_id,
        month_start,
        sum(closing_mrr) as closing_mrr
    from partner_months
    group by grouping sets ((partner_id, month_start), (month_start))
),

flows as (
    select
        partner_id,
        month_start,
        sum(case when movement in ('new', 'reactivation', 'expansion') then amount else 0 end) as gained_mrr,
        sum(case when movement in ('contraction', 'churn') then -amount else 0 end) as lost_mrr
    from movements
    group by grouping sets ((partner_id, month_start), (month_start))
),

changes as (
    select
        partner_id,
        month_start,
        sum(case when is_churned then 1 else 0 end) as churned_customers,
        sum(case when is_expanded then 1 else 0 end) as expanded_customers
    from {{ ref('int_growth__customer_changes') }}
    group by partner_id, month_start
),

signed as (
    select
        partner_id,
        month_start,
        sum(annual_value) as signed_not_live_arr
    from {{ ref('int_growth__signed_values') }}
    group by grouping sets ((partner_id, month_start), (month_start))
),

upsells as (
    select * from {{ ref('int_growth__upsell_outcomes') }}
)

select
    spine.partner_id,
    coalesce(closings.closing_mrr, 0) as closing_mrr,
    coalesce(flows.gained_mrr, 0) as gained_mrr,
    coalesce(flows.lost_mrr, 0) as lost_mrr,
    coalesce(signed.signed_not_live_arr, 0) as signed_not_live_arr,
    coalesce(customer_months.customers, 0) as customers,
    coalesce(customer_months.opening_customers, 0) as opening_customers,
    coalesce(changes.churned_customers, 0) as churned_customers,
    coalesce(changes.expanded_customers, 0) as expanded_customers,
    coalesce(upsells.decided_upsells, 0) as decided_upsells,
    coalesce(upsells.won_upsells, 0) as won_upsells,
    -- months since the first customer
    count(customer_months.month_start) over churn_window as window_months,
    sum(coalesce(customer_months.opening_customers, 0)) over churn_window as window_opening_customers,
    sum(coalesce(changes.churned_customers, 0)) over churn_window as window_churned_customers,
    spine.month_start
from
    spine
{%- for relation in ['closings', 'flows', 'changes', 'signed', 'upsells', 'customer_months'] %}
left join {{ relation }}
    on
        coalesce(spine.partner_id, '') = coalesce({{ relation }}.partner_id, '')
        and spine.month_start = {{ relation }}.month_start
{%- endfor %}
window
    churn_window as (
        partition by spine.partner_id order by spine.month_start
        rows between {{ var('churn_window_months') - 1 }} preceding and current row
    )
