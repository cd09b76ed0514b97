-- Every day on which an item's MRR starts, changes or ends, with what was before and after. Where an item takes up or
-- passes on a part of its value, `part_before` and `part_after` say between which values it starts or ends.
with

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

currency_changes as (
    select * from {{ ref('int_mrr__currency_changes') }}
    where side = 'end'
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
        interval_number as after_number,
        case
            when is_remainder then mrr
            when previous_item_id is null then taken_up
        end as part_before,
        case when is_remainder then mrr end as part_after,
        case
            when is_currency_change then 'currency_change'
            when previous_item_id is null and taken_up > 0 then 'plan_change'
        end as swap_reason
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
        cast(null as bigint) as after_number,
        cast(null as decimal(18, 6)) as part_before,
        intervals.passed_on as part_after,
        case
            when intervals.ends_in_other_currency or intervals.to_date = currency_changes.change_date then 'currency_change'
            when intervals.passed_on is not null then 'plan_change'
        end as swap_reason
    from intervals
    left join followed
        on
            intervals.subscription_item_id = followed.previous_item_id
            and intervals.interval_number = followed.previous_number
    left join currency_changes on intervals.subscription_item_id = currency_changes.subscription_item_id
    where
        intervals.to_date < {{ open_end() }}
        and (
            (followed.previous_item_id is null and intervals.passed_on is null)
            or intervals.passed_on < intervals.mrr
        )
),

changes as (
    select * from starts_and_changes
    union all
    select * from ends
),

-- what is in force, and how many items more or fewer than the day before
flows as (
    select
        customer_id,
        from_date as change_date,
        1 as items
    from intervals
    union all
    select
        customer_id,
        to_date as change_date,
        -1 as items
    from intervals
    where to_date < {{ open_end() }}
),

customer_days as (
    select
        customer_id,
        change_date,
        sum(items) as active_change
    from flows
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
    changes.*,
    customer_states.active_after - customer_states.active_change > 0 as was_active,
    customer_states.active_after > 0 as is_active,
    customer_states.previous_change_date
from changes
inner join customer_states
    on changes.customer_id = customer_states.customer_id and changes.change_date = customer_states.change_date
