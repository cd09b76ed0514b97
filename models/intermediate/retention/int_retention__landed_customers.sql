-- What each landed customer has at the end of each month from its landing on, worth at the exchange rate of the
-- landing month. What is worth the same as at the landing is the same to the last digit.
with

landings as (
    select * from {{ ref('int_retention__landings') }}
),

customer_months as (
    select * from {{ ref('int_mrr__customer_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

retained as (
    {%- for level, same_value in {'vendor': "landings.level_value = 'all'", 'partner': 'landings.level_value = customer_months.partner_id'}.items() %}
        select
            landings.level,
            landings.level_value,
            landings.customer_id,
            min(landings.landing_month) as landing_month,
            min(landings.landing_mrr) as landing_mrr,
            min(landings.landing_value) as landing_value,
            sum({{ exchanged(
                'customer_months.native_mrr', 'coalesce(landing_rates.reporting_units, rates.reporting_units)',
                'coalesce(landing_rates.currency_units, rates.currency_units)'
            ) }}) as value,
            customer_months.month_start
        from customer_months
        inner join landings
            on
                customer_months.customer_id = landings.customer_id
                and landings.level = '{{ level }}'
                and {{ same_value }}
                and customer_months.month_start < landings.transfer_month
        inner join rates
            on customer_months.currency = rates.currency and customer_months.month_start = rates.month_start
        left join rates as landing_rates
            on
                customer_months.currency = landing_rates.currency
                and landings.landing_month = landing_rates.month_start
        group by landings.level, landings.level_value, landings.customer_id, customer_months.month_start
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    level,
    level_value,
    customer_id,
    case when value = landing_value then landing_mrr else value end as retained_mrr,
    landing_month,
    month_start
from retained
