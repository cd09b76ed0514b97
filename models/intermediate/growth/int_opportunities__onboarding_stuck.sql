-- Customers that pay for a product and have hardly begun to use it, some time after they could. The estimate: the MRR of
-- the product, which is at stake.
with

usage_months as (
    select
        *,
        {{ dbt.datediff('first_day', 'month_end', 'day') }} as days_since_start
    from {{ ref('int_opportunities__usage') }}
),

holdings as (
    select * from {{ ref('int_opportunities__holdings') }}
),

rules as (
    select * from {{ ref('opportunity_rules') }}
    where kind = 'onboarding_stuck'
)

select
    usage_months.customer_id,
    usage_months.product_id,
    holdings.mrr is not null as is_of_product,
    'At most ' || {{ whole_text('usage_months.most_seats_ever') }} || ' seats were ever in use, of '
    || {{ whole_text('usage_months.seats_bought') }} || ' bought; '
    || {{ whole_text('usage_months.days_since_start') }} || ' days have passed since '
    || cast(usage_months.first_day as {{ dbt.type_string() }}) as evidence,
    usage_months.largest_share_ever as measured_value,
    rules.threshold,
    holdings.mrr as estimated_mrr,
    case when holdings.mrr is null then 'product_has_no_mrr' end as estimate_null_reason,
    usage_months.month_start
from usage_months
cross join rules
left join holdings
    on
        usage_months.customer_id = holdings.customer_id
        and usage_months.product_id = holdings.product_id
        and usage_months.month_start = holdings.month_start
where
    usage_months.days_since_start between rules.window_from and rules.window_to
    and usage_months.largest_share_ever < rules.threshold
