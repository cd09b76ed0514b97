-- How much weight each rule of attribution gives to each role's touches with a customer within a window of days. Touches
-- of one day are alike: there is no first among them.
with

windows as (
    select distinct
        customer_id,
        window_from,
        window_to
    from {{ ref('int_contribution__amounts') }}
),

touches as (
    select * from {{ ref('int_touches') }}
),

decay as (
    select half_life_days from {{ ref('contribution_rules') }}
    where attribution_rule = 'time_decay'
),

touched as (
    select
        windows.customer_id,
        windows.window_from,
        windows.window_to,
        touches.role_id,
        touches.touched_on,
        min(touches.touched_on) over (partition by windows.customer_id, windows.window_from, windows.window_to) as first_day,
        max(touches.touched_on) over (partition by windows.customer_id, windows.window_from, windows.window_to) as last_day
    from windows
    inner join touches
        on
            windows.customer_id = touches.customer_id
            and windows.window_from <= touches.touched_on
            and windows.window_to > touches.touched_on
)

select
    touched.customer_id,
    touched.window_from,
    touched.window_to,
    touched.role_id,
    count(case when touched.touched_on = touched.first_day then 1 end) as first_weight,
    count(case when touched.touched_on = touched.last_day then 1 end) as last_weight,
    count(*) as linear_weight,
    -- one on the last day of the window; never nothing, or there would be nothing to divide by
    sum(
        cast(
            greatest(
                power(
                    0.5,
                    ({{ dbt.datediff('touched.touched_on', 'touched.window_to', 'day') }} - 1.0) / decay.half_life_days
                ),
                0.000001
            ) as decimal(18, 6)
        )
    ) as time_decay_weight
from touched
cross join decay
group by touched.customer_id, touched.window_from, touched.window_to, touched.role_id
