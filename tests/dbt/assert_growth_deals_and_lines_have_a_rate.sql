-- Guards CARR and one-off revenue against a currency without an exchange rate: what cannot be valued is not shown. It
-- warns and stops nothing, because MRR stands without it; add the rates.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'int_growth__invoiced_lines'}}}) }}
with

deals as (
    select
        opportunities.opportunity_id,
        opportunities.currency,
        months.month_start
    from {{ ref('input_opportunities') }} as opportunities
    inner join {{ ref('opportunity_kinds') }} as kinds
        on lower(opportunities.opportunity_type) = kinds.opportunity_type and kinds.is_signed_revenue
    inner join {{ ref('int_months') }} as months
        on {{ month_of('opportunities.close_date') }} = months.month_start
    where opportunities.is_closed and opportunities.is_won and opportunities.currency is not null
),

lines as (
    select
        invoiced_lines.invoice_line_id,
        invoiced_lines.currency,
        months.month_start
    from {{ ref('int_growth__invoiced_lines') }} as invoiced_lines
    inner join {{ ref('int_months') }} as months
        on {{ month_of('invoiced_lines.revenue_date') }} = months.month_start
    where invoiced_lines.amount <> 0
),

to_value as (
    select * from deals
    union all
    select * from lines
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
)

select
    to_value.currency,
    to_value.month_start,
    count(*) as not_valued
from to_value
left join rates on to_value.currency = rates.currency and to_value.month_start = rates.month_start
where rates.currency is null
group by to_value.currency, to_value.month_start
