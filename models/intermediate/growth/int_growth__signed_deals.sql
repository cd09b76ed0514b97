-- What is signed and not yet live at the end of each month: won deals whose service starts later, at the
-- month-end rate. The price of an opportunity line is taken as its value in the first year.
with

opportunities as (
    select * from {{ ref('input_opportunities') }}
    where is_closed and is_won
),

lines as (
    select * from {{ ref('input_opportunity_lines') }}
),

kinds as (
    select * from {{ ref('opportunity_kinds') }}
    where is_signed_revenue
),

products as (
    select * from {{ ref('input_products') }}
    where is_recurring
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

signed as (
    select
        opportunities.opportunity_id,
        opportunities.customer_id,
        coalesce(opportunities.currency, '{{ var("reporting_currency") }}') as currency,
        opportunities.close_date,
        lines.service_date,
        sum(lines.total_price) as annual_native
    from opportunities
    inner join kinds on lower(opportunities.opportunity_type) = kinds.opportunity_type
    inner join lines on opportunities.opportunity_id = lines.opportunity_id
    inner join products on lines.product_id = products.product_id
    where lines.service_date > opportunities.close_date
    group by
        opportunities.opportunity_id, opportunities.customer_id, opportunities.currency,
        opportunities.close_date, lines.service_date
    having sum(lines.total_price) > 0
)

select
    signed.opportunity_id,
    signed.customer_id,
    signed.currency,
    {{ in_reporting_currency('signed.annual_native', 'rates', type_money()) }} as annual_value,
    signed.service_date,
    months.month_end,
    months.month_start
from signed
inner join months on signed.close_date <= months.month_end and signed.service_date > months.month_end
inner join rates on signed.currency = rates.currency and months.month_start = rates.month_start
