-- Every customer that a partner had at the start of a window, with its MRR then and now: at the exchange
-- rate of the start for both (constant currency), and each at its own (as reported).
with

customer_months as (
    select * from {{ ref('int_retention__customer_months') }}
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

windows as (
    select * from {{ ref('retention_windows') }}
),

transfers as (
    select
        partner_id,
        customer_id,
        {{ month_of('movement_date') }} as month_start
    from {{ ref('int_mrr__partner_events') }}
    where movement in ('transfer_in', 'transfer_out')
),

cohorts as (
    select
        customer_months.partner_id,
        customer_months.customer_id,
        customer_months.month_start as cohort_month,
        windows.window_months,
        months.month_start,
        months.month_end,
        sum({{ times('customer_months.native_mrr', 'rates.rate') }}) as mrr_then
    from customer_months
    cross join windows
    inner join months
        on {{ add_months('customer_months.month_start', 'windows.window_months') }} = months.month_start
    inner join rates
        on customer_months.currency = rates.currency and customer_months.month_start = rates.month_start
    group by
        customer_months.partner_id, customer_months.customer_id, customer_months.month_start,
        windows.window_months, months.month_start, months.month_end
),

current_values as (
    select
        cohorts.partner_id,
        cohorts.customer_id,
        cohorts.window_months,
        cohorts.month_start,
        sum({{ times('customer_months.native_mrr', 'coalesce(rates_then.rate, rates_now.rate)') }}) as mrr_now,
        sum({{ times('customer_months.native_mrr', 'rates_now.rate') }}) as reported_now
    from cohorts
    inner join customer_months
        on
            cohorts.partner_id = customer_months.partner_id
            and cohorts.customer_id = customer_months.customer_id
            and cohorts.month_start = customer_months.month_start
    inner join rates as rates_now
        on
            customer_months.currency = rates_now.currency
            and customer_months.month_start = rates_now.month_start
    left join rates as rates_then
        on
            customer_months.currency = rates_then.currency
            and cohorts.cohort_month = rates_then.month_start
    group by cohorts.partner_id, cohorts.customer_id, cohorts.window_months, cohorts.month_start
),

transferred as (
    select distinct
        cohorts.partner_id,
        cohorts.customer_id,
        cohorts.window_months,
        cohorts.month_start
    from cohorts
    inner join transfers
        on
            cohorts.partner_id = transfers.partner_id
            and cohorts.customer_id = transfers.customer_id
            and cohorts.cohort_month < transfers.month_start
            and cohorts.month_start >= transfers.month_start
)

select
    cohorts.partner_id,
    cohorts.customer_id,
    cohorts.window_months,
    cohorts.mrr_then,
    coalesce(current_values.mrr_now, 0) as mrr_now,
    coalesce(current_values.reported_now, 0) as reported_now,
    transferred.customer_id is not null as is_transferred,
    cohorts.month_start
from cohorts
left join current_values
    on
        cohorts.partner_id = current_values.partner_id
        and cohorts.customer_id = current_values.customer_id
        and cohorts.window_months = current_values.window_months
        and cohorts.month_start = current_values.month_start
left join transferred
    on
        cohorts.partner_id = transferred.partner_id
        and cohorts.customer_id = transferred.customer_id
        and cohorts.window_months = transferred.window_months
        and cohorts.month_start = transferred.month_start
