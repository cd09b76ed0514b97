{{ config(schema='certified') }}
-- What was billed through each partner, by customer, product and kind of revenue: the base of programs that pay on
-- revenue.
with

parts as (
    select * from {{ ref('int_incentives__billed_parts') }}
)

select
    partner_id,
    customer_id,
    product_id,
    revenue_kind,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('sum(amount)') }} as billed_revenue,
    cast(count(*) as bigint) as invoice_lines,
    month_start
from parts
group by partner_id, customer_id, product_id, revenue_kind, month_start
