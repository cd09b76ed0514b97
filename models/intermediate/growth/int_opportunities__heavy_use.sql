-- Customers that use a product far more than others on the same plan do, seat for seat. The estimate: what the seats
-- would cost at the middle price of a seat of the plan above, less what they cost now.
with

usage_months as (
    select * from {{ ref('int_opportunities__usage') }}
),

holdings as (
    select * from {{ ref('int_opportunities__holdings') }}
),

plans as (
    select * from {{ ref('product_plans') }}
),

rules as (
    select * from {{ ref('opportunity_rules') }}
    where kind = 'heavy_use'
),

used as (
    select
        usage_months.*,
        holdings.mrr,
        {{ divided('holdings.mrr', 'usage_months.seats_bought') }} as mrr_per_seat
    from usage_months
    left join holdings
        on
            usage_months.customer_id = holdings.customer_id
            and usage_months.product_id = holdings.product_id
            and usage_months.month_start = holdings.month_start
),

-- the middle one; of two in the middle the lower, so that money stays what somebody pays
usual as (
    select
        product_id,
        month_start,
        count(*) as customers,
        percentile_disc(0.5) within group (order by events_per_seat) as events_per_seat,
        percentile_disc(0.5) within group (order by mrr_per_seat) as mrr_per_seat
    from used
    group by product_id, month_start
),

steps as (
    select
        plans.product_id,
        above.product_id as product_above_id,
        row_number() over (partition by plans.product_id order by above.plan_rank, above.product_id) as place
    from plans
    inner join plans as above on plans.plan_line = above.plan_line and plans.plan_rank < above.plan_rank
),

heavy as (
    select
        used.*,
        usual.customers as usual_customers,
        usual.events_per_seat as usual_events_per_seat,
        {{ times('usual.events_per_seat', 'rules.threshold', type_money()) }} as threshold
    from used
    inner join usual on used.product_id = usual.product_id and used.month_start = usual.month_start
    cross join rules
    where
        usual.customers >= rules.minimum_size
        and usual.events_per_seat > 0
        and used.events_per_seat >= rules.threshold * usual.events_per_seat
),

priced as (
    select
        heavy.*,
        {{ times('usual_above.mrr_per_seat', 'heavy.seats_bought', type_money()) }} - heavy.mrr as difference,
        case
            when heavy.mrr is null then 'product_has_no_mrr'
            when steps.product_above_id is null then 'no_plan_above'
            when usual_above.mrr_per_seat is null then 'nobody_on_plan_above'
        end as price_null_reason
    from heavy
    left join steps on heavy.product_id = steps.product_id and steps.place = 1
    left join usual as usual_above
        on
            steps.product_above_id = usual_above.product_id
            and heavy.month_start = usual_above.month_start
)

select
    customer_id,
    product_id,
    mrr is not null as is_of_product,
    {{ whole_text('events_per_seat') }} || ' feature events a seat in the month; '
    || {{ whole_text('usual_events_per_seat') }} || ' are usual among the ' || {{ whole_text('usual_customers') }}
    || ' customers on the plan; so much more {since}' as evidence,
    events_per_seat as measured_value,
    threshold,
    case when difference > 0 then difference end as estimated_mrr,
    case
        when price_null_reason is not null then price_null_reason
        when difference <= 0 then 'plan_above_costs_no_more'
    end as estimate_null_reason,
    month_start
from priced
