-- What MRR will rise by when discounts reach an end that is known already, a row a partner, month and horizon.
-- What is left of an amount off is spread over the subscription's items as a discount in force is. Items that
-- are known to end before are left out: they are scheduled churn.
with

outlook as (
    select * from {{ ref('int_growth__discount_outlook') }}
),

ending as (
    select * from {{ ref('int_growth__ending_subscriptions') }}
),

items as (
    select * from {{ ref('int_subscription_items__discounted') }}
),

rejected as (
    select * from {{ ref('int_subscription_items__rejected') }}
),

share_sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

-- items of subscriptions on which a discount ends
changing_items as (
    select
        items.subscription_item_id,
        items.subscription_id,
        items.gross_mrr,
        items.numerator,
        items.denominator,
        items.currency,
        items.mrr,
        outlook.horizon_months,
        outlook.month_end,
        outlook.month_start
    from outlook
    inner join items
        on
            outlook.subscription_id = items.subscription_id
            and outlook.month_end >= items.from_date
            and outlook.month_end < items.to_date
    where outlook.coupon_id is null
),

lowered as (
    select
        changing_items.*,
        outlook.coupon_id,
        outlook.is_of_item,
        outlook.amount_off,
        outlook.level_factor,
        outlook.after_factor,
        outlook.whole_factor
    from changing_items
    inner join outlook
        on
            changing_items.subscription_item_id = outlook.subscription_item_id
            and changing_items.month_start = outlook.month_start
            and changing_items.horizon_months = outlook.horizon_months
),

totals as (
    {{ discount_totals('lowered', ['month_start', 'horizon_months']) }}
),

settled as (
    select
        changing_items.*,
        coalesce(totals.percent_off, 0) as percent_off_left,
        coalesce(totals.amount_off, 0) as amount_off_left
    from changing_items
    left join totals
        on
            changing_items.subscription_item_id = totals.subscription_item_id
            and changing_items.month_start = totals.month_start
            and changing_items.horizon_months = totals.horizon_months
),

foreseen as (
    select
        *,
        {{ discounted('gross_mrr', 'percent_off_left', 'amount_off_left') }} as foreseen_mrr
    from settled
    where
        not exists (
            select 1 from ending
            where
                ending.subscription_id = settled.subscription_id
                and ending.month_start = settled.month_start
                and ending.horizon_months = settled.horizon_months
        )
        and not exists (
            select 1 from rejected
            where rejected.subscription_item_id = settled.subscription_item_id
        )
),

valued as (
    select
        foreseen.subscription_item_id,
        coalesce(share_sets.share_set_id, 'direct') as share_set_id,
        foreseen.horizon_months,
        {{ in_reporting_currency('foreseen.foreseen_mrr', 'rates') }} - {{ in_reporting_currency('foreseen.mrr', 'rates') }} as change,
        foreseen.month_start
    from foreseen
    inner join rates on foreseen.currency = rates.currency and foreseen.month_start = rates.month_start
    left join share_sets
        on
            foreseen.subscription_id = share_sets.subscription_id
            and foreseen.month_end >= share_sets.from_date
            and foreseen.month_end < share_sets.to_date
),

allocated as (
    {{ allocate_to_partners('valued', ['subscription_item_id', 'month_start', 'horizon_months'], ['change']) }}
)

select
    partner_id,
    horizon_months,
    sum(partner_change) as contracted_change_mrr,
    month_start
from allocated
where change <> 0
group by partner_id, horizon_months, month_start
