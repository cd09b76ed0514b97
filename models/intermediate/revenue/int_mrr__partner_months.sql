-- Closing MRR of each partner and currency at the end of each month, from what is in force: the figure that
-- the movements must arrive at.
with

stock as (
    select * from {{ ref('int_mrr__partner_stock') }}
),

month_values as (
    select * from {{ ref('int_mrr__month_values') }}
),

months as (
    select * from {{ ref('int_months') }}
),

-- an interval adds its amount in the month it starts and takes it off in the month it ends
flows as (
    select
        partner_id,
        currency,
        {{ month_of('from_date') }} as month_start,
        native_mrr as native_change
    from stock
    union all
    select
        partner_id,
        currency,
        {{ month_of('to_date') }} as month_start,
        -native_mrr as native_change
    from stock
    where to_date < {{ open_end() }}
),

monthly_flows as (
    select
        partner_id,
        currency,
        month_start,
        sum(native_change) as native_change
    from flows
    group by partner_id, currency, month_start
),

spans as (
    select
        partner_id,
        currency,
        min(month_start) as first_month
    from monthly_flows
    group by partner_id, currency
),

closings as (
    select
        spans.partner_id,
        spans.currency,
        months.month_start,
        sum(coalesce(monthly_flows.native_change, 0)) over (
            partition by spans.partner_id, spans.currency order by months.month_start
        ) as closing_native
    from spans
    inner join months on spans.first_month <= months.month_start
    left join monthly_flows
        on
            spans.partner_id = monthly_flows.partner_id
            and spans.currency = monthly_flows.currency
            and months.month_start = monthly_flows.month_start
),

foreign_values as (
    select
        partner_id,
        currency,
        month_start,
        sum(closing_amount) as closing_amount
    from month_values
    group by partner_id, currency, month_start
)

select
    closings.partner_id,
    closings.currency,
    {{ money('closings.closing_native') }} as closing_native,
    {{ money(
        "case when closings.currency = '" ~ var('reporting_currency') ~ "' then closings.closing_native else coalesce(foreign_values.closing_amount, 0) end"
    ) }} as closing_mrr,
    closings.month_start
from closings
left join foreign_values
    on
        closings.partner_id = foreign_values.partner_id
        and closings.currency = foreign_values.currency
        and closings.month_start = foreign_values.month_start
