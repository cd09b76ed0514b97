-- The recurring discount on each subscription, as intervals [from_date, to_date). A coupon of the
-- subscription takes the place of one of the whole billing account.
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

periods as (
    select
        targeted.subscription_id,
        targeted.coupon_id,
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
            when targeted.ended_at is not null then {{ local_date('targeted.ended_at') }}
            when targeted.duration = 'repeating'
                then {{ add_months(local_date('targeted.started_at'), 'targeted.duration_in_months') }}
            else {{ open_end() }}
        end as to_date
    from targeted
    left join invoice_periods
        on
            targeted.discount_id = invoice_periods.discount_id
            and targeted.subscription_id = invoice_periods.subscription_id
),

boundaries as (
    select
        subscription_id,
        from_date as boundary_date
    from periods
    where from_date < to_date
    union
    select
        subscription_id,
        to_date
    from periods
    where from_date < to_date
),

slices as (
    select
        subscription_id,
        boundary_date as from_date,
        lead(boundary_date) over (partition by subscription_id order by boundary_date) as to_date
    from boundaries
),

in_force as (
    select
        slices.subscription_id,
        slices.from_date,
        slices.to_date,
        periods.coupon_id,
        periods.percent_off,
        periods.amount_off,
        periods.amount_off_currency,
        periods.is_own,
        max(periods.is_own) over (partition by slices.subscription_id, slices.from_date) as has_own
    from slices
    inner join periods
        on
            slices.subscription_id = periods.subscription_id
            and slices.from_date >= periods.from_date
            and slices.from_date < periods.to_date
    where slices.to_date is not null
)

select
    subscription_id,
    min(coupon_id) || case when count(*) > 1 then '+' || cast(count(*) as {{ dbt.type_string() }}) else '' end as discount_key,
    max(amount_off_currency) as amount_off_currency,
    least(sum(percent_off), 100) as percent_off,
    -- no coupon takes off more than an item can cost
    least(sum(amount_off), cast({{ largest_native_rate() }} * 0.1 as decimal(28, 6))) as amount_off,
    from_date,
    to_date
from in_force
where is_own = has_own
group by subscription_id, from_date, to_date
