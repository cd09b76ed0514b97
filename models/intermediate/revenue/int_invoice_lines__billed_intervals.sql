-- What regular lines of issued invoices say a month of each item costs, before discount, as intervals
-- [from_date, to_date): what MRR is compared with. Lines that repeat the one before are one interval, so that
-- cost from here on grows with changes.
with

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_regular and is_live and subscription_item_id is not null and amount_minor <> 0
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
    where usage_type = 'licensed'
),

currencies as (
    select * from {{ ref('currencies') }}
),

-- held back as an error of input: no arithmetic of MRR holds it
implausible as (
    select distinct subscription_item_id
    from {{ ref('int_subscription_items__rejected') }}
    where reason_code = 'implausible_amount'
),

not_issued as (
    select invoice_id from {{ ref('input_invoices') }}
    where not is_issued
),

-- the tiers of a price stand on several lines of one invoice
invoiced as (
    select
        lines.subscription_item_id,
        lines.price_id,
        lines.invoice_id,
        lines.currency,
        lines.period_started_at,
        min(lines.subscription_id) as subscription_id,
        max(lines.period_ends_at) as period_ends_at,
        sum(lines.amount_minor) as amount_minor
    from lines
    left join not_issued on lines.invoice_id = not_issued.invoice_id
    left join implausible on lines.subscription_item_id = implausible.subscription_item_id
    where not_issued.invoice_id is null and implausible.subscription_item_id is null
    group by
        lines.subscription_item_id, lines.price_id, lines.invoice_id, lines.currency, lines.period_started_at
),

ranked as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, period_started_at order by amount_minor desc, invoice_id asc, price_id asc
        ) as place
    from invoiced
),

valued as (
    select
        ranked.subscription_item_id,
        ranked.subscription_id,
        ranked.currency,
        prices.interval_days,
        {{ scaled(
            'ranked.amount_minor * currencies.minor_unit_value', 'prices.month_numerator', 'prices.month_denominator',
            type_money()
        ) }} as billed_mrr,
        abs(
            {{ dbt.datediff('ranked.period_started_at', 'ranked.period_ends_at', 'day') }} - prices.interval_days
        ) > prices.interval_tolerance_days as is_odd_length,
        {{ local_date('ranked.period_started_at') }} as from_date,
        {{ local_date('ranked.period_ends_at') }} as period_end_date
    from ranked
    inner join prices on ranked.price_id = prices.price_id
    inner join currencies on ranked.currency = currencies.currency_code
    where ranked.place = 1 and ranked.amount_minor > 0
),

-- a period that another one cuts ends with it
placed as (
    select
        *,
        least(
            period_end_date,
            coalesce(lead(from_date) over (partition by subscription_item_id order by from_date), period_end_date)
        ) as to_date
    from valued
),

compared as (
    select
        *,
        case
            when
                lag(to_date) over (item_order) = from_date
                and lag(billed_mrr) over (item_order) = billed_mrr
                and lag(currency) over (item_order) = currency
                and lag(is_odd_length) over (item_order) = is_odd_length
                then 0
            else 1
        end as is_start
    from placed
    where from_date < to_date
    window item_order as (partition by subscription_item_id order by from_date)
),

numbered as (
    select
        *,
        sum(is_start) over (partition by subscription_item_id order by from_date) as interval_number
    from compared
)

select
    subscription_item_id,
    min(subscription_id) as subscription_id,
    interval_number,
    min(currency) as currency,
    max(interval_days) as interval_days,
    min(billed_mrr) as billed_mrr,
    max(case when is_odd_length then 1 else 0 end) = 1 as is_odd_length,
    min(from_date) as from_date,
    max(to_date) as to_date
from numbered
group by subscription_item_id, interval_number
