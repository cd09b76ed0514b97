-- What is in force at the end of each month in a foreign currency, worth in the reporting currency then, and
-- how much more or less it is worth at the end of the next month: the revaluation booked there.
with

pieces as (
    select * from {{ ref('int_mrr__shared_intervals') }}
    where currency <> '{{ var("reporting_currency") }}'
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

valued as (
    select
        pieces.subscription_item_id,
        pieces.customer_id,
        pieces.product_id,
        pieces.currency,
        pieces.share_set_id,
        months.month_start,
        months.next_month_start,
        {{ in_reporting_currency('pieces.mrr', 'rates') }} as closing,
        {{ in_reporting_currency('pieces.mrr', 'next_rates') }} as following
    from pieces
    inner join months on pieces.from_date <= months.month_end and pieces.to_date > months.month_end
    inner join rates on pieces.currency = rates.currency and months.month_start = rates.month_start
    left join rates as next_rates
        on pieces.currency = next_rates.currency and months.next_month_start = next_rates.month_start
),

allocated as (
    {{ allocate_to_partners('valued', ['subscription_item_id', 'month_start'], ['closing', 'following']) }}
)

select
    customer_id,
    partner_id,
    product_id,
    currency,
    cast(sum(partner_closing) as decimal(18, 6)) as closing_amount,
    cast(sum(partner_following - partner_closing) as decimal(18, 6)) as next_revaluation,
    month_start,
    next_month_start
from allocated
group by customer_id, partner_id, product_id, currency, month_start, next_month_start
