-- Each change as one or more steps from value to value, each with its movement and reason. Parts of a change
-- that pull in opposite directions are one step with the net amount and the reason of the largest part in
-- the net's direction: an expansion is never larger than the rise of the item.
with

changes as (
    select * from {{ ref('int_mrr__change_parts') }}
),

parts as (
    select
        *,
        mrr_requantified - mrr_before as quantity_part,
        mrr_repriced - mrr_requantified as price_part,
        mrr_after - mrr_repriced as discount_part
    from changes
),

judged as (
    select
        *,
        case
            when not was_active and (
                change_date = customer_first_date
                or (
                    {{ var('reactivation_max_gap_days') }} >= 0
                    and {{ dbt.datediff('previous_change_date', 'change_date', 'day') }} > {{ var('reactivation_max_gap_days') }}
                )
            ) then 'new'
            when not was_active then 'reactivation'
            when not is_active then 'churn'
            when mrr_after > mrr_before then 'expansion'
            else 'contraction'
        end as movement,
        greatest(quantity_part, price_part, discount_part) <= 0
        or least(quantity_part, price_part, discount_part) >= 0 as is_one_direction
    from (
        select
            parts.*,
            min(parts.change_date) over (partition by parts.customer_id) as customer_first_date
        from parts
    ) as dated
),

whole_reasons as (
    select
        *,
        case
            when movement = 'new' and is_trial_conversion then 'trial_conversion'
            when movement = 'new' then 'land'
            when movement = 'reactivation' and is_resumed then 'resume'
            when movement = 'reactivation' then 'won_back'
            when movement = 'churn' then coalesce(ended_by, 'voluntary')
            when swap_reason is not null then swap_reason
            when before_item_id is null and first_held_date = change_date then 'cross_sell'
            when before_item_id is null then 'quantity'
            when after_item_id is null and ended_by = 'pause' then 'pause'
            when after_item_id is null then 'product_drop'
            when is_other_plan then 'plan_change'
        end as whole_reason,
        case when is_escalator and price_part > 0 then 'escalator' else 'price' end as price_reason,
        case when discount_part > 0 then 'discount_end' else 'discount_start' end as discount_reason
    from judged
    where mrr_before <> mrr_after
),

reasoned as (
    select
        *,
        coalesce(whole_reason, case
            when is_one_direction then null
            when mrr_after > mrr_before and quantity_part >= greatest(price_part, discount_part) then 'quantity'
            when mrr_after > mrr_before and price_part >= discount_part then price_reason
            when mrr_after > mrr_before then discount_reason
            when quantity_part <= least(price_part, discount_part) then 'quantity'
            when price_part <= discount_part then price_reason
            else discount_reason
        end) as single_reason
    from whole_reasons
),

steps as (
    select
        *,
        1 as step,
        single_reason as reason,
        mrr_before as step_before,
        mrr_after as step_after
    from reasoned
    where single_reason is not null
    union all
    select
        *,
        1 as step,
        'quantity' as reason,
        mrr_before as step_before,
        mrr_requantified as step_after
    from reasoned
    where single_reason is null
    union all
    select
        *,
        2 as step,
        price_reason as reason,
        mrr_requantified as step_before,
        mrr_repriced as step_after
    from reasoned
    where single_reason is null
    union all
    select
        *,
        3 as step,
        discount_reason as reason,
        mrr_repriced as step_before,
        mrr_after as step_after
    from reasoned
    where single_reason is null
)

select
    customer_id,
    product_id,
    currency,
    before_item_id,
    before_number,
    after_item_id,
    after_number,
    movement,
    reason,
    step,
    step_before as mrr_before,
    step_after as mrr_after,
    change_date
from steps
where step_before <> step_after
