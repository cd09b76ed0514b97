-- Discounts on subscriptions with the end that was known while they were in force: a coupon for some months, or
-- for one invoice, names its end when it is given; a coupon without an end names none, though somebody may take
-- it off one day.
with

discounts as (
    select * from {{ ref('input_discounts') }}
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

invoice_periods as (
    select * from {{ ref('int_discounts__one_time_periods') }}
),

targeted as (
    select
        subscriptions.subscription_id,
        discounts.*,
        1 as is_own
    from discounts
    inner join subscriptions on discounts.subscription_id = subscriptions.subscription_id
    union all
    select
        subscriptions.subscription_id,
        discounts.*,
        0 as is_own
    from discounts
    inner join subscriptions on discounts.billing_account_id = subscriptions.billing_account_id
),

dated as (
    select
        targeted.subscription_id,
        targeted.discount_id,
        targeted.percent_off,
        targeted.amount_off,
        targeted.amount_off_currency,
        targeted.is_own,
        case
            when targeted.duration = 'once' then invoice_periods.from_date
            else {{ local_date('targeted.started_at') }}
        end as from_date,
        case
            when targeted.duration = 'once' then invoice_periods.to_date
            when targeted.duration = 'repeating'
                then coalesce(
                    {{ add_months(local_date('targeted.started_at'), 'targeted.duration_in_months') }},
                    {{ local_date('targeted.ended_at') }}
                )
        end as known_end_date,
        -- taken off before its time: from then on it is no longer there
        {{ local_date('targeted.ended_at') }} as removed_date
    from targeted
    left join invoice_periods
        on
            targeted.discount_id = invoice_periods.discount_id
            and targeted.subscription_id = invoice_periods.subscription_id
)

select
    subscription_id,
    discount_id,
    percent_off,
    amount_off,
    amount_off_currency,
    is_own,
    from_date,
    coalesce(known_end_date, {{ open_end() }}) as known_end_date,
    case
        when known_end_date is null then coalesce(removed_date, {{ open_end() }})
        else least(known_end_date, coalesce(removed_date, known_end_date))
    end as to_date
from dated
where from_date is not null
