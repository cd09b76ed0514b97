-- What billing told at the end of a month: whether the customer is in force, has given notice, when a long term runs out,
-- and for how many days it has not paid. A row a customer and month.
with

states as (
    select * from {{ ref('int_health__known_states') }}
),

months as (
    select * from {{ ref('int_months') }}
),

rule as (
    select window_months from {{ ref('health_components') }}
    where component_id = 'payment'
),

at_month_end as (
    select
        states.customer_id,
        months.month_start,
        max(case when states.is_in_force then 1 else 0 end) = 1 as is_in_force,
        max(case when states.status is not null then 1 else 0 end) = 1 as is_status_known,
        -- on all that is held: one subscription that goes on is enough to stay
        coalesce(min(case
            when states.is_in_force and states.notice_ends_on is null then 0
            when states.is_in_force then 1
        end) = 1, false) as is_leaving,
        min(case
            when
                states.is_in_force
                and states.notice_ends_on is null
                and states.period_days >= {{ var('health_long_term_days') }}
                and states.period_ends_on > months.month_end
                then states.period_ends_on
        end) as renews_on
    from states
    inner join months on states.known_from <= months.month_end and states.known_to > months.month_end
    group by states.customer_id, months.month_start
),

unpaid_days as (
    select
        states.subscription_id,
        states.customer_id,
        months.month_start,
        sum({{ dbt.datediff(
            'greatest(states.known_from, ' ~ add_months('months.month_start', '1 - rule.window_months') ~ ')',
            'least(states.known_to, months.next_month_start)',
            'day'
        ) }}) as past_due_days
    from states
    cross join rule
    inner join months
        on
            states.known_from <= months.month_end
            and states.known_to > {{ add_months('months.month_start', '1 - rule.window_months') }}
    where states.status in ('past_due', 'unpaid')
    group by states.subscription_id, states.customer_id, months.month_start
),

worst as (
    select
        customer_id,
        month_start,
        max(past_due_days) as past_due_days
    from unpaid_days
    group by customer_id, month_start
)

select
    at_month_end.customer_id,
    cast(case when at_month_end.is_status_known then coalesce(worst.past_due_days, 0) end as bigint) as past_due_days,
    at_month_end.is_in_force,
    at_month_end.is_leaving,
    at_month_end.renews_on,
    at_month_end.month_start
from at_month_end
left join worst on at_month_end.customer_id = worst.customer_id and at_month_end.month_start = worst.month_start
