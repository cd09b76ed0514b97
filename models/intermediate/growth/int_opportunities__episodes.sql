-- Each run of months in which a partner had an opportunity in its feed: a row a partner, opportunity and first month.
-- It counts as shown from the end of that month on, when the feed of the month stands.
with

items as (
    select * from {{ ref('int_opportunities__items') }}
),

months as (
    select * from {{ ref('int_months') }}
),

rules as (
    select * from {{ ref('opportunity_rules') }}
),

firsts as (
    select
        *,
        max(month_start) over (partition by partner_id, opportunity_key, first_shown_month) as last_shown_month
    from items
)

select
    firsts.partner_id,
    firsts.opportunity_key,
    firsts.customer_id,
    firsts.product_id,
    firsts.kind,
    rules.accepted_as,
    firsts.estimated_mrr,
    months.month_end as shown_on,
    cast({{ dbt.dateadd('day', 'rules.answer_days', 'months.month_end') }} as date) as answer_by,
    firsts.last_shown_month,
    firsts.first_shown_month
from firsts
inner join months on firsts.first_shown_month = months.month_start
inner join rules on firsts.kind = rules.kind
where firsts.month_start = firsts.first_shown_month
