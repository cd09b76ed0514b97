-- The whole billing period that a coupon for one invoice covers: the regular lines of the invoice that it
-- was used on. Used on a mid-cycle invoice it covers none and does not lower MRR.
with

discounts as (
    select * from {{ ref('input_discounts') }}
    where duration = 'once' and '{{ var("one_time_discount_policy") }}' = 'whole_period'
),

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_regular and subscription_id is not null
),

by_invoice as (
    select
        discounts.discount_id,
        lines.subscription_id,
        min(lines.period_started_at) as period_started_at,
        max(lines.period_ends_at) as period_ends_at
    from discounts
    inner join lines on discounts.invoice_id = lines.invoice_id
    group by discounts.discount_id, lines.subscription_id
),

-- without a link to the invoice: the billing period that starts with the discount
by_start as (
    select
        discounts.discount_id,
        lines.subscription_id,
        min(lines.period_started_at) as period_started_at,
        max(lines.period_ends_at) as period_ends_at
    from discounts
    inner join lines
        on
            discounts.subscription_id = lines.subscription_id
            and {{ local_date('discounts.started_at') }} = {{ local_date('lines.period_started_at') }}
    where discounts.invoice_id is null
    group by discounts.discount_id, lines.subscription_id
),

periods as (
    select * from by_invoice
    union all
    select * from by_start
)

select
    discount_id,
    subscription_id,
    {{ local_date('period_started_at') }} as from_date,
    {{ local_date('period_ends_at') }} as to_date
from periods
