-- The share of each item's regular amount that its invoice lines say discounts took off, as intervals in which it stood
-- still. Where all lines of an invoice say nothing was taken off, and the invoice's totals differ, they say nothing.
with

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_live and '{{ var("one_time_discount_policy") }}' = 'whole_period'
),

invoices as (
    select * from {{ ref('input_invoices') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

said as (
    select
        lines.subscription_item_id,
        lines.amount_minor,
        lines.discount_minor,
        lines.is_regular,
        currencies.minor_unit_value,
        {{ local_date('lines.period_started_at') }} as from_date,
        {{ local_date('lines.period_ends_at') }} as to_date,
        max(abs(lines.discount_minor)) over (partition by lines.invoice_id) > 0
        or coalesce(invoices.discount_minor, 0) = 0 as is_evidence
    from lines
    left join invoices on lines.invoice_id = invoices.invoice_id
    left join currencies on lines.currency = currencies.currency_code
    where
        coalesce(invoices.is_issued, true)
        and lines.discount_minor is not null
),

-- the tiers of one price are lines of one period
periods as (
    select
        subscription_item_id,
        from_date,
        max(to_date) as ends_on,
        sum(amount_minor) as amount_minor,
        least(greatest(sum(discount_minor), 0), sum(amount_minor)) as discount_minor,
        min(minor_unit_value) as minor_unit_value
    from said
    where is_evidence and is_regular and subscription_item_id is not null
    group by subscription_item_id, from_date
    having sum(amount_minor) > 0
),

followed as (
    select
        *,
        least(
            ends_on, coalesce(lead(from_date) over (partition by subscription_item_id order by from_date), ends_on)
        ) as to_date
    from periods
),

compared as (
    select
        *,
        case
            when
                lag(to_date) over (item_order) = from_date
                and lag(amount_minor) over (item_order) = amount_minor
                and lag(discount_minor) over (item_order) = discount_minor
                then 0
            else 1
        end as is_new
    from followed
    window item_order as (partition by subscription_item_id order by from_date)
),

numbered as (
    select
        *,
        sum(is_new) over (
            partition by subscription_item_id order by from_date rows between unbounded preceding and current row
        ) as interval_number
    from compared
)

select
    subscription_item_id,
    {{ money('min(amount_minor) * min(minor_unit_value)') }} as billed_amount,
    {{ money('min(discount_minor) * min(minor_unit_value)') }} as taken_off,
    min(minor_unit_value) as minor_unit_value,
    min(from_date) as from_date,
    max(to_date) as to_date
from numbered
group by subscription_item_id, interval_number
