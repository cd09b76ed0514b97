-- Each change with its values before and after, and the value in between once the quantity, and then the
-- price, has changed: the steps from which the reasons of a change are read.
with

changes as (
    select * from {{ ref('int_mrr__changes') }}
),

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

first_holdings as (
    select
        customer_id,
        product_id,
        min(from_date) as first_held_date
    from intervals
    group by customer_id, product_id
),

compared as (
    select
        changes.customer_id,
        changes.currency,
        changes.change_date,
        changes.was_active,
        changes.is_active,
        changes.previous_change_date,
        changes.before_item_id,
        changes.before_number,
        changes.after_item_id,
        changes.after_number,
        changes.swap_reason,
        coalesce(after.product_id, before.product_id) as product_id,
        first_holdings.first_held_date,
        before.ended_by,
        coalesce(after.is_resumed, false) as is_resumed,
        coalesce(after.is_trial_conversion, false) as is_trial_conversion,
        coalesce(after.is_escalator, false) as is_escalator,
        before.product_id <> after.product_id or before.billing_interval <> after.billing_interval as is_other_plan,
        before.quantity <> after.quantity as is_other_quantity,
        before.price_id <> after.price_id
        or (before.quantity = after.quantity and before.gross_mrr <> after.gross_mrr) as is_other_price,
        coalesce(before.discount_key, '') <> coalesce(after.discount_key, '') as is_other_discount,
        coalesce(changes.part_before, before.mrr, 0) as mrr_before,
        coalesce(changes.part_after, after.mrr, 0) as mrr_after,
        before.percent_off as percent_off_before,
        before.amount_off as amount_off_before,
        before.quantity as quantity_before,
        after.quantity as quantity_after,
        before.gross_mrr as gross_before,
        after.gross_mrr as gross_after,
        before.numerator as numerator_before,
        before.denominator as denominator_before,
        before.price_id as price_id_before
    from changes
    left join intervals as before
        on changes.before_item_id = before.subscription_item_id and changes.before_number = before.interval_number
    left join intervals as after
        on changes.after_item_id = after.subscription_item_id and changes.after_number = after.interval_number
    inner join first_holdings
        on
            changes.customer_id = first_holdings.customer_id
            and coalesce(after.product_id, before.product_id) = first_holdings.product_id
),

-- the new quantity at the old price; where the old amount was not list price, in proportion. Where that would be
-- more than MRR can be, all of the change is the price's
requantified as (
    select
        compared.*,
        case
            when not compared.is_other_quantity then compared.gross_before
            when not compared.is_other_price then compared.gross_after
            when compared.quantity_before = 0 then compared.gross_before
            when {{ beyond_range('compared', 'prices') }} then compared.gross_before
            when compared.gross_before = {{ scaled(interval_price('prices', 'compared.quantity_before'), 'compared.numerator_before', 'compared.denominator_before') }}
                then {{ scaled(interval_price('prices', 'compared.quantity_after'), 'compared.numerator_before', 'compared.denominator_before') }}
            else {{ portion('compared.gross_before', 'compared.quantity_after', 'compared.quantity_before') }}
        end as gross_requantified
    from compared
    left join prices on compared.price_id_before = prices.price_id
),

stepped as (
    select
        *,
        case
            when before_item_id is null or after_item_id is null or is_other_plan then mrr_after
            when not is_other_quantity then mrr_before
            when is_other_price or is_other_discount
                then {{ discounted('gross_requantified', 'percent_off_before', 'amount_off_before') }}
            else mrr_after
        end as mrr_requantified
    from requantified
)

select
    customer_id,
    currency,
    change_date,
    was_active,
    is_active,
    previous_change_date,
    before_item_id,
    before_number,
    after_item_id,
    after_number,
    swap_reason,
    product_id,
    ended_by,
    is_resumed,
    is_trial_conversion,
    is_escalator,
    coalesce(is_other_plan, false) as is_other_plan,
    first_held_date,
    cast(mrr_before as decimal(18, 6)) as mrr_before,
    cast(mrr_requantified as decimal(18, 6)) as mrr_requantified,
    cast(case
        when before_item_id is null or after_item_id is null or is_other_plan then mrr_after
        when not is_other_price then mrr_requantified
        when is_other_discount then {{ discounted('gross_after', 'percent_off_before', 'amount_off_before') }}
        else mrr_after
    end as decimal(18, 6)) as mrr_repriced,
    cast(mrr_after as decimal(18, 6)) as mrr_after
from stepped
