-- Customers that will soon be short of seats of a product. The estimate: what they pay for a seat, times the seats that
-- would bring use down to the target.
with

usage_months as (
    select * from {{ ref('int_opportunities__usage') }}
),

holdings as (
    select * from {{ ref('int_opportunities__holdings') }}
),

rules as (
    select * from {{ ref('opportunity_rules') }}
    where kind = 'seats_near_limit'
),

near as (
    select
        usage_months.*,
        {{ divided('usage_months.seats_used', 'usage_months.seats_bought') }} as used_share,
        rules.threshold,
        -- rounded up: half a seat cannot be bought
        {{ whole_units('usage_months.seats_used + rules.target - 0.000001', 'rules.target') }}
        - usage_months.seats_bought as seats_to_add
    from usage_months
    cross join rules
    where
        usage_months.seats_bought >= rules.minimum_size
        and usage_months.seats_used >= rules.threshold * usage_months.seats_bought
)

select
    near.customer_id,
    near.product_id,
    holdings.mrr is not null as is_of_product,
    {{ whole_text('near.seats_used') }} || ' of ' || {{ whole_text('near.seats_bought') }}
    || ' seats are in use; ' || {{ whole_text('100 * near.threshold') }} || ' % or more {since}' as evidence,
    near.used_share as measured_value,
    near.threshold,
    {{ portion('holdings.mrr', 'near.seats_to_add', 'near.seats_bought', type_money()) }} as estimated_mrr,
    case when holdings.mrr is null then 'product_has_no_mrr' end as estimate_null_reason,
    near.month_start
from near
left join holdings
    on
        near.customer_id = holdings.customer_id
        and near.product_id = holdings.product_id
        and near.month_start = holdings.month_start
