-- Discounts without their copies. The same coupon on the same target is one discount where the times overlap, however
-- often it was delivered; given again later it is another one. Whatever is of one invoice stays with that invoice.
with

discounts as (
    select
        *,
        concat_ws(
            '|', scope, coupon_id, subscription_id, billing_account_id, subscription_item_id, invoice_id, invoice_line_id
        ) as target,
        case
            -- two uses of such a coupon are two, and two rows of one use cover the same period
            when duration = 'once' then started_at
            else coalesce(
                ended_at,
                case when duration = 'repeating' then {{ dbt.dateadd('month', 'duration_in_months', 'started_at') }} end,
                cast({{ open_end() }} as timestamp)
            )
        end as over_at
    from {{ ref('input_discounts') }}
),

followed as (
    select
        *,
        max(over_at) over (
            partition by target order by started_at, over_at, discount_id
            rows between unbounded preceding and 1 preceding
        ) as earlier_over_at
    from discounts
),

numbered as (
    select
        *,
        sum(case when started_at < earlier_over_at or started_at is null then 0 else 1 end) over (
            partition by target order by started_at, over_at, discount_id
            rows between unbounded preceding and current row
        ) as grant_number
    from followed
)

select
    min(discount_id) as discount_id,
    target,
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
    duration = 'once' or scope in ('invoice', 'invoice_line') as is_one_time,
    min(started_at) as started_at,
    case when count(ended_at) = count(*) then max(ended_at) end as ended_at
from numbered
group by
    target, grant_number, coupon_id, scope, subscription_id, billing_account_id, subscription_item_id, invoice_id,
    invoice_line_id, duration, duration_in_months, percent_off, amount_off, amount_off_currency, currency_options
