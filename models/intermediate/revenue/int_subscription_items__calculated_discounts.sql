-- Items in force, cut where the discounts of their subscription change, with what the coupons say is taken off.
with

items as (
    select * from {{ ref('int_subscription_items__in_force') }}
),

discounts as (
    select * from {{ ref('int_subscription_items__discount_intervals') }}
),

discounted_items as (
    select items.* from items
    where exists (
        select 1 from discounts
        where discounts.subscription_id = items.subscription_id
    )
),

-- common cuts, so that the items of one subscription can be compared with each other
cuts as (
    select
        subscription_id,
        from_date as cut_date
    from discounted_items
    union
    select
        subscription_id,
        to_date
    from discounted_items
    union
    select
        subscription_id,
        from_date
    from discounts
    union
    select
        subscription_id,
        to_date
    from discounts
),

slices as (
    select
        subscription_id,
        cut_date as slice_from_date,
        lead(cut_date) over (partition by subscription_id order by cut_date) as slice_to_date
    from cuts
),

sliced as (
    select
        discounted_items.*,
        slices.slice_from_date,
        slices.slice_to_date
    from discounted_items
    inner join slices
        on
            discounted_items.subscription_id = slices.subscription_id
            and discounted_items.from_date <= slices.slice_from_date
            and discounted_items.to_date > slices.slice_from_date
),

lowered as (
    select
        sliced.subscription_id,
        sliced.subscription_item_id,
        sliced.gross_mrr,
        sliced.numerator,
        sliced.denominator,
        sliced.slice_from_date,
        discounts.coupon_id,
        discounts.is_of_item,
        discounts.amount_off,
        discounts.level_factor,
        discounts.after_factor,
        discounts.whole_factor
    from sliced
    inner join discounts
        on
            sliced.subscription_item_id = discounts.subscription_item_id
            and sliced.slice_from_date >= discounts.from_date
            and sliced.slice_from_date < discounts.to_date
),

totals as (
    {{ discount_totals('lowered', ['slice_from_date']) }}
),

unchanged as (
    select
        items.*,
        cast(null as {{ dbt.type_string() }}) as discount_key,
        cast(0 as decimal(19, 16)) as percent_off,
        cast(0 as decimal(18, 6)) as amount_off
    from items
    where not exists (
        select 1 from discounts
        where discounts.subscription_id = items.subscription_id
    )
),

cut as (
    select
        {{ in_force_columns('sliced') }},
        case when sliced.slice_to_date = sliced.to_date then sliced.ended_by end as ended_by,
        sliced.is_resumed and sliced.slice_from_date = sliced.from_date as is_resumed,
        sliced.is_trial_conversion and sliced.slice_from_date = sliced.from_date as is_trial_conversion,
        sliced.slice_from_date as from_date,
        sliced.slice_to_date as to_date,
        totals.discount_key,
        coalesce(totals.percent_off, 0) as percent_off,
        coalesce(totals.amount_off, 0) as amount_off
    from sliced
    left join totals
        on
            sliced.subscription_item_id = totals.subscription_item_id
            and sliced.slice_from_date = totals.slice_from_date
),

together as (
    select
        {{ in_force_columns() }},
        ended_by, is_resumed, is_trial_conversion, from_date, to_date, discount_key, percent_off, amount_off
    from unchanged
    union all
    select * from cut
)

select
    *,
    {{ discounted('gross_mrr', 'percent_off', 'amount_off') }} as mrr
from together
