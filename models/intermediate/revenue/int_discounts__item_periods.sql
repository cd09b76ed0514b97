-- When each discount lowers which item. A coupon lowers whole periods of the lines that it was applied to: one that
-- ends, or is given, within a period that is billed already counts until the period ends, or from then. A coupon
-- without an end counts by its own days on terms of a month or less.
with

discounts as (
    select * from {{ ref('int_discounts__distinct') }}
),

items as (
    select
        subscription_item_id,
        subscription_id,
        min(currency) as currency
    from {{ ref('int_subscription_items__gross_intervals') }}
    group by subscription_item_id, subscription_id
),

currencies as (
    select * from {{ ref('currencies') }}
),

one_time_periods as (
    select * from {{ ref('int_discounts__one_time_periods') }}
),

recurring_items as (
    select * from {{ ref('int_discounts__recurring_items') }}
),

billed_periods as (
    select * from {{ ref('int_subscription_items__billed_periods') }}
),

reached as (
    select
        discount_id,
        target,
        subscription_item_id,
        from_date,
        to_date
    from one_time_periods
    union all
    select
        discount_id,
        target,
        subscription_item_id,
        cast(null as date) as from_date,
        cast(null as date) as to_date
    from recurring_items
),

targeted as (
    select
        discounts.*,
        items.subscription_id as on_subscription_id,
        items.subscription_item_id as on_item_id,
        items.currency,
        reached.from_date as period_from_date,
        reached.to_date as period_to_date
    from reached
    inner join discounts on reached.discount_id = discounts.discount_id and reached.target = discounts.target
    inner join items on reached.subscription_item_id = items.subscription_item_id
),

dated as (
    select
        targeted.*,
        case
            when targeted.amount_off = 0 or targeted.amount_off_currency = targeted.currency then targeted.amount_off
            else
                {{ money(
                    try_cast(json_text(json_text_by_column('targeted.currency_options', 'lower(targeted.currency)'), 'amount_off'), 'bigint')
                    ~ ' * currencies.minor_unit_value'
                ) }}
        end as amount_off_item,
        coalesce(targeted.period_from_date, {{ local_date('targeted.started_at') }}) as own_from_date,
        {{ local_date('targeted.ended_at') }} as own_to_date,
        case
            when targeted.is_one_time then targeted.period_to_date
            when targeted.duration = 'repeating'
                then {{ add_months(local_date('targeted.started_at'), 'targeted.duration_in_months') }}
        end as named_end_date,
        case
            when targeted.duration = 'repeating'
                then {{ dbt.dateadd('month', 'targeted.duration_in_months', 'targeted.started_at') }}
        end as named_end_at
    from targeted
    left join currencies on targeted.currency = currencies.currency_code
),

snapped as (
    select
        dated.*,
        coalesce(at_start.to_date, dated.own_from_date) as from_date,
        case
            when dated.is_one_time then dated.period_to_date
            -- months by the clock of the billing system may end a day before those of the reporting time zone do
            when at_end.period_started_at >= coalesce(dated.ended_at, dated.named_end_at) then at_end.from_date
            else coalesce(at_end.to_date, dated.own_to_date, dated.named_end_date, {{ open_end() }})
        end as to_date,
        case
            when at_named_end.period_started_at >= dated.named_end_at then at_named_end.from_date
            else coalesce(at_named_end.to_date, dated.named_end_date, {{ open_end() }})
        end as known_end_date
    from dated
    left join billed_periods as at_start
        on
            dated.on_item_id = at_start.subscription_item_id
            and not dated.is_one_time
            and (at_start.is_long or dated.duration = 'repeating')
            and dated.own_from_date > at_start.from_date
            and dated.own_from_date < at_start.to_date
    left join billed_periods as at_end
        on
            dated.on_item_id = at_end.subscription_item_id
            and not dated.is_one_time
            and (at_end.is_long or dated.duration = 'repeating')
            and coalesce(dated.own_to_date, dated.named_end_date) > at_end.from_date
            and coalesce(dated.own_to_date, dated.named_end_date) < at_end.to_date
    left join billed_periods as at_named_end
        on
            dated.on_item_id = at_named_end.subscription_item_id
            and not dated.is_one_time
            and dated.named_end_date > at_named_end.from_date
            and dated.named_end_date < at_named_end.to_date
)

select
    discount_id,
    target,
    coupon_id,
    scope,
    on_subscription_id as subscription_id,
    on_item_id as subscription_item_id,
    currency,
    percent_off,
    coalesce(amount_off_item, 0) as amount_off,
    amount_off <> 0 and amount_off_item is null as is_other_currency,
    {{ local_date('started_at') }} as started_date,
    from_date,
    known_end_date,
    to_date
from snapped
