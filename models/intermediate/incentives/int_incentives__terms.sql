-- Terms of a year or longer that have ended, by invoice line: a row an item and term, with the day on which it was
-- renewed, if it was. Renewed is the day on which the item's next term begins; without an invoice for that yet, the day
-- on which the term ended, if it is still in force then; and else the day on which the customer takes the same product
-- again, from `renewal_days_before` days before the term ended. A gap counts here though MRR bridges it.
with

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_live and is_regular
),

invoices as (
    select * from {{ ref('input_invoices') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

stock as (
    select
        subscription_item_id,
        customer_id,
        product_id,
        from_date,
        to_date
    from {{ ref('int_subscription_items__in_force') }}
),

months as (
    select
        min(month_start) as first_day,
        max(month_end) as last_day
    from {{ ref('int_months') }}
),

billed_terms as (
    select
        lines.subscription_item_id,
        {{ local_date('lines.period_started_at') }} as term_start,
        {{ local_date('lines.period_ends_at') }} as term_end,
        lead({{ local_date('lines.period_started_at') }}) over (
            partition by lines.subscription_item_id order by lines.period_started_at, lines.invoice_line_id
        ) as next_start,
        prices.month_denominator >= 12 * prices.month_numerator as is_yearly
    from lines
    inner join prices on lines.price_id = prices.price_id
    left join invoices on lines.invoice_id = invoices.invoice_id
    where coalesce(invoices.is_issued, true) and coalesce(invoices.is_live, true)
),

-- only what was in force to the end of its term comes up for renewal
ended as (
    select
        billed_terms.subscription_item_id,
        stock.customer_id,
        stock.product_id,
        billed_terms.term_start,
        billed_terms.term_end,
        max(case when billed_terms.next_start > billed_terms.term_start then billed_terms.next_start end) as next_start
    from billed_terms
    cross join months
    inner join stock
        on
            billed_terms.subscription_item_id = stock.subscription_item_id
            and billed_terms.term_end > stock.from_date
            and billed_terms.term_end <= stock.to_date
    where
        billed_terms.is_yearly
        and billed_terms.term_end >= months.first_day
        and billed_terms.term_end <= months.last_day
    group by
        billed_terms.subscription_item_id, stock.customer_id, stock.product_id, billed_terms.term_start,
        billed_terms.term_end
),

returned as (
    select
        ended.subscription_item_id,
        ended.term_end,
        max(case
            when stock.subscription_item_id = ended.subscription_item_id and stock.from_date <= ended.term_end then 1 else 0
        end) as is_continued,
        min(case
            when stock.subscription_item_id <> ended.subscription_item_id or stock.from_date > ended.term_end
                then stock.from_date
        end) as next_start
    from ended
    inner join stock
        on
            ended.customer_id = stock.customer_id
            and ended.product_id = stock.product_id
            and ended.term_end < stock.to_date
            and stock.from_date >= case
                when ended.subscription_item_id = stock.subscription_item_id then cast('1900-01-01' as date)
                else {{ dbt.dateadd('day', -var('renewal_days_before'), 'ended.term_end') }}
            end
    group by ended.subscription_item_id, ended.term_end
)

select
    ended.subscription_item_id || ' ' || cast(ended.term_end as {{ dbt.type_string() }}) as term_id,
    ended.subscription_item_id,
    ended.customer_id,
    ended.product_id,
    ended.term_start,
    ended.term_end,
    cast(coalesce(
        ended.next_start,
        case when returned.is_continued = 1 then ended.term_end end,
        returned.next_start
    ) as date) as renewed_on
from ended
left join returned
    on ended.subscription_item_id = returned.subscription_item_id and ended.term_end = returned.term_end
