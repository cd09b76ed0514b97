-- Items in force less what discounts take off. Where the lines of the invoice say how much that was, by more than
-- rounding to the smallest coin explains, their share of the amount stands in place of the coupons.
with

calculated as (
    select * from {{ ref('int_subscription_items__calculated_discounts') }}
),

taken_off as (
    select * from {{ ref('int_invoice_lines__taken_off') }}
),

overlapping as (
    select
        calculated.*,
        taken_off.billed_amount,
        taken_off.taken_off,
        greatest(calculated.from_date, taken_off.from_date) as said_from_date,
        least(calculated.to_date, taken_off.to_date) as said_to_date,
        {{ portion('calculated.gross_mrr', 'taken_off.taken_off', 'taken_off.billed_amount') }} as said_off,
        {{ scaled('taken_off.minor_unit_value', 'calculated.numerator', 'calculated.denominator') }} as smallest_coin
    from calculated
    inner join taken_off
        on
            calculated.subscription_item_id = taken_off.subscription_item_id
            and calculated.from_date < taken_off.to_date
            and calculated.to_date > taken_off.from_date
    where taken_off.taken_off > 0 or calculated.mrr < calculated.gross_mrr
),

outweighed as (
    select * from overlapping
    where abs(said_off - (gross_mrr - mrr)) > smallest_coin
),

cuts as (
    select
        subscription_item_id,
        from_date as interval_from_date,
        from_date as cut_date
    from outweighed
    union
    select
        subscription_item_id,
        from_date,
        said_from_date
    from outweighed
    union
    select
        subscription_item_id,
        from_date,
        said_to_date
    from outweighed
    union
    select
        subscription_item_id,
        from_date,
        to_date
    from outweighed
),

slices as (
    select
        subscription_item_id,
        interval_from_date,
        cut_date,
        lead(cut_date) over (partition by subscription_item_id, interval_from_date order by cut_date) as next_cut_date
    from cuts
),

sliced as (
    select
        {{ in_force_columns('calculated') }},
        case when slices.next_cut_date = calculated.to_date then calculated.ended_by end as ended_by,
        calculated.is_resumed and slices.cut_date = calculated.from_date as is_resumed,
        calculated.is_trial_conversion and slices.cut_date = calculated.from_date as is_trial_conversion,
        slices.cut_date as from_date,
        slices.next_cut_date as to_date,
        case
            when outweighed.subscription_item_id is null then calculated.discount_key
            when outweighed.taken_off > 0 then coalesce(calculated.discount_key, 'as_billed')
        end as discount_key,
        case
            when outweighed.subscription_item_id is null then calculated.percent_off
            else {{ percentage('outweighed.taken_off', 'outweighed.billed_amount') }}
        end as percent_off,
        case when outweighed.subscription_item_id is null then calculated.amount_off else 0 end as amount_off
    from slices
    inner join calculated
        on
            slices.subscription_item_id = calculated.subscription_item_id
            and slices.interval_from_date = calculated.from_date
    left join outweighed
        on
            slices.subscription_item_id = outweighed.subscription_item_id
            and slices.interval_from_date = outweighed.from_date
            and slices.cut_date >= outweighed.said_from_date
            and slices.cut_date < outweighed.said_to_date
    where slices.next_cut_date is not null
),

together as (
    select
        {{ in_force_columns() }},
        ended_by, is_resumed, is_trial_conversion, from_date, to_date, discount_key, percent_off, amount_off
    from calculated
    where
        not exists (
            select 1 from outweighed
            where
                outweighed.subscription_item_id = calculated.subscription_item_id
                and outweighed.from_date = calculated.from_date
        )
    union all
    select * from sliced
)

select
    *,
    {{ discounted('gross_mrr', 'percent_off', 'amount_off') }} as mrr
from together
