-- Guards attribution: what partners have of a currency at the end of a month is what customers have, before
-- anything was split. A share that is lost or given twice shows here.
{{ config(meta={'dagster': {'ref': {'name': 'int_mrr__partner_months'}}}) }}
with

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

months as (
    select * from {{ ref('int_months') }}
),

flows as (
    select
        currency,
        {{ month_of('from_date') }} as month_start,
        mrr
    from intervals
    union all
    select
        currency,
        {{ month_of('to_date') }} as month_start,
        -mrr as mrr
    from intervals
    where to_date < {{ open_end() }}
),

monthly_flows as (
    select
        currency,
        month_start,
        sum(mrr) as mrr
    from flows
    group by currency, month_start
),

customers as (
    select
        currency,
        month_start,
        sum(mrr) over (partition by currency order by month_start) as closing_native
    from monthly_flows
),

partners as (
    select
        currency,
        month_start,
        sum(closing_native) as closing_native
    from {{ ref('int_mrr__partner_months') }}
    group by currency, month_start
)

select
    customers.currency,
    customers.month_start,
    customers.closing_native,
    partners.closing_native as partners_native
from customers
inner join months on customers.month_start = months.month_start
left join partners on customers.currency = partners.currency and customers.month_start = partners.month_start
where coalesce(partners.closing_native, -1) <> customers.closing_native
