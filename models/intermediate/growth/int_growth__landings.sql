-- The landings of the landing cohorts, as they stand in the last complete month: a row with every partner that the
-- customer landed with and was not transferred from since, and (without a partner) a row for the vendor; and the
-- first upsell. Both tables of cohorts are made of the same landings, so that one name is one number.
with

landings as (
    select * from {{ ref('int_retention__landings') }}
),

landed_customers as (
    select * from {{ ref('int_retention__landed_customers') }}
),

movements as (
    select * from {{ ref('int_mrr__movements') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

still_there as (
    select
        landings.level,
        landings.level_value,
        landings.customer_id,
        landings.landing_mrr,
        landings.landing_month,
        as_of.last_complete_month as as_of_month
    from landings
    cross join as_of
    where
        landings.landing_month <= as_of.last_complete_month
        and landings.transfer_month > as_of.last_complete_month
),

first_upsells as (
    select
        coalesce(partner_id, 'all') as level_value,
        case when partner_id is null then 'vendor' else 'partner' end as level,
        customer_id,
        min(month_start) as month_start
    from movements
    where is_upsell
    group by grouping sets ((partner_id, customer_id), (customer_id))
)

select
    case when still_there.level = 'partner' then still_there.level_value end as partner_id,
    still_there.customer_id,
    still_there.landing_mrr,
    {{ money('coalesce(landed_customers.retained_mrr, 0)') }} as current_mrr,
    cast({{ dbt.datediff('still_there.landing_month', 'first_upsells.month_start', 'month') }} as bigint) as months_to_expansion,
    still_there.landing_month,
    still_there.as_of_month
from still_there
left join landed_customers
    on
        still_there.level = landed_customers.level
        and still_there.level_value = landed_customers.level_value
        and still_there.customer_id = landed_customers.customer_id
        and still_there.as_of_month = landed_customers.month_start
left join first_upsells
    on
        still_there.level = first_upsells.level
        and still_there.level_value = first_upsells.level_value
        and still_there.customer_id = first_upsells.customer_id
