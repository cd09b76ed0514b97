-- Items in force, cut where the discount of their subscription changes. An amount off an invoice is spread
-- over the subscription's items in proportion to their rate; what rounding leaves goes to the largest.
with

items as (
    select * from {{ ref('int_subscription_items__in_force') }}
),

discounts as (
    select * from {{ ref('int_subscriptions__discount_intervals') }}
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
        slices.slice_to_date,
        discounts.discount_key,
        coalesce(discounts.percent_off, 0) as percent_off,
        case
            when discounts.amount_off_currency = discounted_items.currency
                then {{ scaled('coalesce(discounts.amount_off, 0)', 'discounted_items.numerator', 'discounted_items.denominator') }}
            else 0
        end as amount_off_subscription
    from discounted_items
    inner join slices
        on
            discounted_items.subscription_id = slices.subscription_id
            and discounted_items.from_date <= slices.slice_from_date
            and discounted_items.to_date > slices.slice_from_date
    left join discounts
        on
            discounted_items.subscription_id = discounts.subscription_id
            and slices.slice_from_date >= discounts.from_date
            and slices.slice_from_date < discounts.to_date
),

totals as (
    select
        *,
        sum(gross_mrr) over (partition by subscription_id, slice_from_date) as subscription_gross_mrr,
        row_number() over (
            partition by subscription_id, slice_from_date order by gross_mrr desc, subscription_item_id asc
        ) as size_rank
    from sliced
),

spread as (
    select
        *,
        {{ portion('least(amount_off_subscription, subscription_gross_mrr)', 'gross_mrr', 'subscription_gross_mrr') }} as amount_off_part
    from totals
),

settled as (
    select
        *,
        case
            when size_rank > 1 then amount_off_part
            else
                amount_off_part + least(amount_off_subscription, subscription_gross_mrr)
                - sum(amount_off_part) over (partition by subscription_id, slice_from_date)
        end as amount_off
    from spread
),

unchanged as (
    select
        items.*,
        cast(null as {{ dbt.type_string() }}) as discount_key,
        cast(0 as decimal(9, 4)) as percent_off,
        cast(0 as decimal(18, 6)) as amount_off
    from items
    where not exists (
        select 1 from discounts
        where discounts.subscription_id = items.subscription_id
    )
),

cut as (
    select
        {{ in_force_columns() }},
        case when slice_to_date = to_date then ended_by end as ended_by,
        is_resumed and slice_from_date = from_date as is_resumed,
        is_trial_conversion and slice_from_date = from_date as is_trial_conversion,
        slice_from_date as from_date,
        slice_to_date as to_date,
        discount_key,
        cast(percent_off as decimal(9, 4)) as percent_off,
        cast(amount_off as decimal(18, 6)) as amount_off
    from settled
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
