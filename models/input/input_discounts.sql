with

discounts as (
    select * from {{ ref('stg_stripe__discount') }}
),

subscription_discounts as (
    select * from {{ ref('stg_stripe__subscription_discount') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupon') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

applied as (
    select * from discounts
    union all
    select * from subscription_discounts
)

select
    {{ canonical_id('applied.discount_id', 'stripe', 'applied') }} as discount_id,
    applied.source_relation,
    {{ canonical_id('applied.coupon_id', 'stripe', 'applied') }} as coupon_id,
    {{ canonical_id('applied.subscription_id', 'stripe', 'applied') }} as subscription_id,
    -- a discount of one subscription is not one of the whole account
    case
        when applied.subscription_id is null
            then {{ canonical_id('applied.billing_account_id', 'stripe', 'applied') }}
    end as billing_account_id,
    {{ canonical_id('applied.invoice_id', 'stripe', 'applied') }} as invoice_id,
    coupons.duration,
    coupons.duration_in_months,
    coalesce(coupons.percent_off, 0) as percent_off,
    {{ money('coalesce(coupons.amount_off_minor, 0) * coalesce(currencies.minor_unit_value, 0)') }} as amount_off,
    coupons.currency as amount_off_currency,
    applied.started_at,
    applied.ended_at
from applied
inner join coupons
    on applied.coupon_id = coupons.coupon_id and applied.source_relation = coupons.source_relation
left join currencies on coupons.currency = currencies.currency_code
