-- Every customer in the month it first had MRR, with the vendor and with each partner that has it then: at the
-- month's end, or, when it was gone by then, in its first movements. A customer lands once, also when a long
-- absence makes it count as new again.
with

events as (
    select * from {{ ref('int_mrr__partner_events') }}
    where movement = 'new'
),

customer_months as (
    select * from {{ ref('int_mrr__customer_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

transfers as (
    select * from {{ ref('int_retention__transfers') }}
    where level = 'partner'
),

first_landings as (
    select
        customer_id,
        min({{ month_of('movement_date') }}) as landing_month
    from events
    group by customer_id
),

month_ends as (
    select
        customer_months.customer_id,
        customer_months.partner_id,
        first_landings.landing_month,
        sum(customer_months.mrr) as mrr,
        sum({{ in_reporting_currency('customer_months.native_mrr', 'rates') }}) as value
    from first_landings
    inner join customer_months
        on
            first_landings.customer_id = customer_months.customer_id
            and first_landings.landing_month = customer_months.month_start
    inner join rates
        on customer_months.currency = rates.currency and customer_months.month_start = rates.month_start
    group by customer_months.customer_id, customer_months.partner_id, first_landings.landing_month
),

gone_by_the_end as (
    select distinct
        events.customer_id,
        events.partner_id,
        first_landings.landing_month
    from first_landings
    inner join events
        on
            first_landings.customer_id = events.customer_id
            and first_landings.landing_month = {{ month_of('events.movement_date') }}
    left join month_ends on first_landings.customer_id = month_ends.customer_id
    where month_ends.customer_id is null
),

partner_landings as (
    select * from month_ends
    union all
    select
        *,
        0 as mrr,
        0 as value
    from gone_by_the_end
),

transferred as (
    select
        partner_landings.customer_id,
        partner_landings.partner_id,
        min(transfers.month_start) as transfer_month
    from partner_landings
    inner join transfers
        on
            partner_landings.customer_id = transfers.customer_id
            and partner_landings.partner_id = transfers.level_value
            and partner_landings.landing_month < transfers.month_start
    group by partner_landings.customer_id, partner_landings.partner_id
)

select
    'vendor' as level,
    'all' as level_value,
    customer_id,
    {{ money('sum(mrr)') }} as landing_mrr,
    {{ money('sum(value)') }} as landing_value,
    landing_month,
    {{ open_end() }} as transfer_month
from partner_landings
group by customer_id, landing_month
union all
select
    'partner' as level,
    partner_landings.partner_id as level_value,
    partner_landings.customer_id,
    {{ money('partner_landings.mrr') }} as landing_mrr,
    {{ money('partner_landings.value') }} as landing_value,
    partner_landings.landing_month,
    case
        when '{{ var("transfer_policy") }}' = 'leave' and transferred.transfer_month is not null
            then transferred.transfer_month
        else {{ open_end() }}
    end as transfer_month
from partner_landings
left join transferred
    on
        partner_landings.customer_id = transferred.customer_id
        and partner_landings.partner_id = transferred.partner_id
