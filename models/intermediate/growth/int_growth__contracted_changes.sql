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

discounted_items as (
    select
        items.subscription_item_id,
        items.subscription_id,
        items.currency,
        items.gross_mrr,
        items.mrr,
        outlook.percent_off_left,
        case
            when outlook.amount_off_currency = items.currency
                then {{ scaled('outlook.amount_off_left', 'items.numerator', 'items.denominator') }}
            else 0
        end as amount_off_subscription,
        sum(items.gross_mrr) over (
            partition by outlook.subscription_id, outlook.month_start, outlook.horizon_months
        ) as subscription_gross_mrr,
        row_number() over (
            partition by outlook.subscription_id, outlook.month_start, outlook.horizon_months
            order by items.gross_mrr desc, items.subscription_item_id asc
        ) as size_rank,
        outlook.horizon_months,
        outlook.month_end,
        outlook.month_start
    from outlook
    inner join items
        on
            outlook.subscription_id = items.subscription_id
            and outlook.month_end >= items.from_date
            and outlook.month_end < items.to_date
),

spread as (
    select
        *,
        least(amount_off_subscription, subscription_gross_mrr) as amount_off_whole,
        coalesce({{ portion(
            'least(amount_off_subscription, subscription_gross_mrr)', 'gross_mrr', 'nullif(subscription_gross_mrr, 0)'
        ) }}, 0) as amount_off_part
    from discounted_items
),

settled as (
    select
        *,
        case
            when size_rank > 1 then amount_off_part
            else
                amount_off_part + amount_off_whole
                - sum(amount_off_part) over (partition by subscription_id, month_start, horizon_months)
        end as amount_off_left
    from spread
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
        {{ times('foreseen.foreseen_mrr', 'rates.rate') }} - {{ times('foreseen.mrr', 'rates.rate') }} as change,
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
