-- Each customer's landing, a row with every partner that it landed with and still has, and (without a partner) a
-- row for the vendor: MRR at the end of the landing month and now, both at the exchange rate of the landing, and
-- the first upsell. A customer that changed partner since is no landing of any partner: what became of it was
-- made by two.
with

movements as (
    select * from {{ ref('int_mrr__movements') }}
),

customer_months as (
    select * from {{ ref('int_mrr__customer_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

first_days as (
    select
        customer_id,
        min(movement_date) as landing_date,
        min(month_start) as landing_month
    from movements
    where movement = 'new'
    group by customer_id
),

histories as (
    select
        movements.partner_id,
        movements.customer_id,
        first_days.landing_month,
        max(case
            when movements.movement = 'new' and movements.month_start = first_days.landing_month then 1 else 0
        end) as is_landed,
        max(case when movements.movement in ('transfer_in', 'transfer_out') then 1 else 0 end) as is_transferred,
        min(case when movements.is_upsell then movements.month_start end) as first_expansion_month
    from movements
    inner join first_days
        on movements.customer_id = first_days.customer_id and movements.movement_date >= first_days.landing_date
    group by grouping sets (
        (movements.partner_id, movements.customer_id, first_days.landing_month),
        (movements.customer_id, first_days.landing_month)
    )
),

landings as (
    select * from histories
    where partner_id is null or (is_landed = 1 and is_transferred = 0)
),

-- at the rate of the landing, so that exchange rates do not look like growth
valued as (
    select
        customer_months.partner_id,
        customer_months.customer_id,
        sum(case
            when customer_months.month_start = first_days.landing_month
                then {{ in_reporting_currency('customer_months.native_mrr', 'rates') }}
            else 0
        end) as landing_mrr,
        sum(case
            when customer_months.month_start = as_of.last_complete_month
                then {{ exchanged(
                        'customer_months.native_mrr', 'coalesce(landing_rates.reporting_units, rates.reporting_units)',
                        'coalesce(landing_rates.currency_units, rates.currency_units)'
                    ) }}
            else 0
        end) as current_mrr
    from customer_months
    cross join as_of
    inner join first_days on customer_months.customer_id = first_days.customer_id
    inner join rates
        on customer_months.currency = rates.currency and customer_months.month_start = rates.month_start
    left join rates as landing_rates
        on customer_months.currency = landing_rates.currency and first_days.landing_month = landing_rates.month_start
    where
        customer_months.month_start = first_days.landing_month
        or customer_months.month_start = as_of.last_complete_month
    group by grouping sets (
        (customer_months.partner_id, customer_months.customer_id),
        (customer_months.customer_id)
    )
)

select
    landings.partner_id,
    landings.customer_id,
    cast(coalesce(valued.landing_mrr, 0) as decimal(28, 6)) as landing_mrr,
    cast(coalesce(valued.current_mrr, 0) as decimal(28, 6)) as current_mrr,
    cast({{ dbt.datediff('landings.landing_month', 'landings.first_expansion_month', 'month') }} as bigint) as months_to_expansion,
    landings.landing_month,
    as_of.last_complete_month as as_of_month
from landings
cross join as_of
left join valued
    on
        coalesce(landings.partner_id, '') = coalesce(valued.partner_id, '')
        and landings.customer_id = valued.customer_id
