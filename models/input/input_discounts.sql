-- Coupons as applied, a row each time that one was delivered with another target. A row of one invoice is a copy of the
-- subscription's discount where the same coupon was delivered for several invoices of that subscription.
with

applied as (
    select * from {{ ref('stg_stripe__discount') }}
    union all
    select * from {{ ref('stg_stripe__subscription_discount') }}
    union all
    select * from {{ ref('stg_stripe__customer_discount') }}
    union all
    select * from {{ ref('stg_stripe__invoice_discount') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupon') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

of_coupons as (
    select
        applied.*,
        coupons.duration,
        coupons.duration_in_months,
        coalesce(coupons.percent_off, 0) as percent_off,
        {{ money('coalesce(coupons.amount_off_minor, 0) * coalesce(currencies.minor_unit_value, 0)') }} as amount_off,
        coupons.currency as amount_off_currency,
        coupons.currency_options,
        min(applied.invoice_id) over (same_coupon) <> max(applied.invoice_id) over (same_coupon) as is_on_several_invoices
    from applied
    -- a discount whose coupon was not delivered is in quarantine
    inner join coupons
        on applied.coupon_id = coupons.coupon_id and applied.source_relation = coupons.source_relation
    left join currencies on coupons.currency = currencies.currency_code
    window same_coupon as (partition by applied.source_relation, applied.coupon_id, applied.subscription_id)
),

scoped as (
    select
        *,
        coalesce(applies_to, case
            when invoice_line_id is not null then 'invoice_line'
            when subscription_item_id is not null then 'subscription_item'
            -- the invoice that a coupon for one was used on
            when subscription_id is not null and (invoice_id is null or duration = 'once' or is_on_several_invoices)
                then 'subscription'
            when invoice_id is not null then 'invoice'
            else 'customer'
        end) as scope
    from of_coupons
),

targeted as (
    select
        {{ canonical_id('discount_id', 'stripe') }} as discount_id,
        source_relation,
        {{ canonical_id('coupon_id', 'stripe') }} as coupon_id,
        scope,
        -- a discount of something narrower is not one of the whole account
        case when scope = 'subscription' then {{ canonical_id('subscription_id', 'stripe') }} end as subscription_id,
        case when scope = 'customer' then {{ canonical_id('billing_account_id', 'stripe') }} end as billing_account_id,
        case when scope = 'subscription_item' then {{ canonical_id('subscription_item_id', 'stripe') }} end as subscription_item_id,
        case
            when scope in ('invoice', 'invoice_line') or duration = 'once' then {{ canonical_id('invoice_id', 'stripe') }}
        end as invoice_id,
        case when scope = 'invoice_line' then {{ canonical_id('invoice_line_id', 'stripe') }} end as invoice_line_id,
        duration,
        duration_in_months,
        percent_off,
        amount_off,
        amount_off_currency,
        currency_options,
        started_at,
        ended_at,
        synced_at
    from scoped
    where scope <> 'credit_note'
),

-- one that stands in two tables, or in one under two invoices that it does not depend on
ranked as (
    select
        *,
        row_number() over (
            partition by
                discount_id, scope, subscription_id, billing_account_id, subscription_item_id, invoice_id, invoice_line_id
            order by synced_at desc, started_at asc, ended_at asc
        ) as place
    from targeted
)

select
    discount_id,
    source_relation,
    coupon_id,
    scope,
    subscription_id,
    billing_account_id,
    subscription_item_id,
    invoice_id,
    invoice_line_id,
    duration,
    duration_in_months,
    percent_off,
    amount_off,
    amount_off_currency,
    currency_options,
    started_at,
    ended_at,
    synced_at
from ranked
where place = 1
