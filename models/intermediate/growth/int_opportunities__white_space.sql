-- Products that a customer never had and that customers like it have: same segment, same region, in force in the month.
-- Of the plans of a line the commonest is offered, and none to who is on one of them. The estimate: the middle MRR of a
-- similar customer that has the product.
with

holdings as (
    select * from {{ ref('int_opportunities__holdings') }}
    where segment <> 'unknown' and customer_region <> 'unknown'
),

plans as (
    select * from {{ ref('product_plans') }}
),

rules as (
    select * from {{ ref('opportunity_rules') }}
    where kind = 'white_space'
),

customers as (
    select distinct
        customer_id,
        segment,
        customer_region,
        month_start
    from holdings
),

customer_groups as (
    select
        segment,
        customer_region,
        month_start,
        count(*) as customers
    from customers
    group by segment, customer_region, month_start
),

product_groups as (
    select
        segment,
        customer_region,
        product_id,
        month_start,
        count(*) as holders,
        percentile_disc(0.5) within group (order by mrr) as middle_mrr
    from holdings
    group by segment, customer_region, product_id, month_start
),

-- a customer without the product is compared with all the others of its group
common as (
    select
        product_groups.*,
        plans.plan_line,
        customer_groups.customers - 1 as similar_customers,
        {{ divided('product_groups.holders', 'nullif(customer_groups.customers - 1, 0)') }} as holding_share,
        rules.threshold,
        row_number() over (
            partition by
                product_groups.segment, product_groups.customer_region, product_groups.month_start,
                plans.plan_line, case when plans.plan_line is null then product_groups.product_id end
            order by product_groups.holders desc, plans.plan_rank asc, product_groups.product_id asc
        ) as place_in_line
    from product_groups
    inner join customer_groups
        on
            product_groups.segment = customer_groups.segment
            and product_groups.customer_region = customer_groups.customer_region
            and product_groups.month_start = customer_groups.month_start
    left join plans on product_groups.product_id = plans.product_id
    cross join rules
    where
        customer_groups.customers - 1 >= rules.minimum_size
        and product_groups.holders >= rules.threshold * (customer_groups.customers - 1)
),

first_held as (
    select
        customer_id,
        product_id,
        min(month_start) as first_month
    from holdings
    group by customer_id, product_id
),

on_a_plan as (
    select distinct
        customer_id,
        plan_line,
        month_start
    from holdings
    where plan_line is not null
)

select
    customers.customer_id,
    common.product_id,
    false as is_of_product,
    {{ whole_text('common.holders') }} || ' of ' || {{ whole_text('common.similar_customers') }}
    || ' similar customers (' || customers.segment || ', ' || customers.customer_region || ') have it' as evidence,
    common.holding_share as measured_value,
    common.threshold,
    common.middle_mrr as estimated_mrr,
    cast(null as {{ dbt.type_string() }}) as estimate_null_reason,
    customers.month_start
from customers
inner join common
    on
        customers.segment = common.segment
        and customers.customer_region = common.customer_region
        and customers.month_start = common.month_start
        and common.place_in_line = 1
left join first_held
    on
        customers.customer_id = first_held.customer_id
        and common.product_id = first_held.product_id
        and customers.month_start >= first_held.first_month
left join on_a_plan
    on
        customers.customer_id = on_a_plan.customer_id
        and common.plan_line = on_a_plan.plan_line
        and customers.month_start = on_a_plan.month_start
where first_held.customer_id is null and on_a_plan.customer_id is null
