-- Every day on which an item's MRR starts, changes or ends, with what was before and after.
with

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

followed as (
    select distinct
        previous_item_id,
        previous_number
    from intervals
    where previous_item_id is not null
),

starts_and_changes as (
    select
        customer_id,
        currency,
        from_date as change_date,
        previous_item_id as before_item_id,
        previous_number as before_number,
        subscription_item_id as after_item_id,
        interval_number as after_number
    from intervals
),

ends as (
    select
        intervals.customer_id,
        intervals.currency,
        intervals.to_date as change_date,
        intervals.subscription_item_id as before_item_id,
        intervals.interval_number as before_number,
        cast(null as {{ dbt.type_string() }}) as after_item_id,
        cast(null as bigint) as after_number
    from intervals
    left join followed
        on
            intervals.subscription_item_id = followed.previous_item_id
            and intervals.interval_number = followed.previous_number
    where followed.previous_item_id is null and intervals.to_date < {{ open_end() }}
),

changes as (
    select * from starts_and_changes
    union all
    select * from ends
),

counted as (
    select
        *,
        case when before_item_id is null then 1 else 0 end as starts,
        case when after_item_id is null then 1 else 0 end as ends
    from changes
),

customer_days as (
    select
        customer_id,
        change_date,
        sum(starts - ends) as active_change
    from counted
    group by customer_id, change_date
),

customer_states as (
    select
        customer_id,
        change_date,
        active_change,
        sum(active_change) over (customer_order) as active_after,
        lag(change_date) over (customer_order) as previous_change_date
    from customer_days
    window customer_order as (partition by customer_id order by change_date)
)

select
    counted.*,
    customer_states.active_after - customer_states.active_change > 0 as was_active,
    customer_states.active_after > 0 as is_active,
    customer_states.previous_change_date
from counted
inner join customer_states
    on counted.customer_id = customer_states.customer_id and counted.change_date = customer_states.change_date
