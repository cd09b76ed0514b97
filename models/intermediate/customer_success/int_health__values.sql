-- The value of each component of health, as it was known at the end of the month, or the reason why there is none: a row a
-- customer with MRR and month.
with

customers as (
    select
        customer_id,
        month_start,
        sum(mrr) as mrr
    from {{ ref('int_health__customer_partners') }}
    group by customer_id, month_start
),

months as (
    select * from {{ ref('int_months') }}
),

billing as (
    select * from {{ ref('int_health__billing') }}
),

product_use as (
    select * from {{ ref('int_health__usage') }}
),

tickets as (
    select * from {{ ref('int_health__tickets') }}
),

touches as (
    select * from {{ ref('int_health__touches') }}
),

in_support as (
    select
        customer_id,
        -- without a date it has been there all along
        {{ month_of(local_date("min(coalesce(created_at, cast('1900-01-02' as timestamp)))")) }} as first_month
    from {{ ref('input_organizations') }}
    where customer_id is not null
    group by customer_id
),

-- without any row of it a system is not connected, which is not the same as nothing having happened
sources as (
    select
        (select min(month_start) from {{ ref('int_touches') }}) as first_touch_month,
        (select min({{ month_of('known_from') }}) from {{ ref('int_health__ticket_changes') }}) as first_ticket_month
),

known as (
    select
        customers.customer_id,
        customers.month_start,
        customers.mrr,
        coalesce(billing.is_in_force, false) as is_in_force,
        coalesce(billing.is_leaving, false) as is_leaving,
        coalesce(billing.renews_on <= {{ dbt.dateadd('day', var('renewal_days_before'), 'months.month_end') }}, false) as is_renewal_near,
        billing.past_due_days,
        product_use.seat_days,
        product_use.active_days,
        product_use.days,
        product_use.earlier_active_days,
        product_use.earlier_days,
        coalesce(product_use.is_history_whole, false) as is_history_whole,
        coalesce(tickets.open_tickets, 0) as open_tickets,
        coalesce(tickets.urgent_tickets, 0) as urgent_tickets,
        coalesce(tickets.reopenings, 0) as reopenings,
        coalesce(tickets.ratings, 0) as ratings,
        coalesce(tickets.good_ratings, 0) as good_ratings,
        coalesce(touches.touches, 0) as touches,
        coalesce(touches.renewal_touches, 0) as renewal_touches,
        case
            when in_support.first_month is null or in_support.first_month > customers.month_start then 'not_in_support'
            when sources.first_ticket_month is null or sources.first_ticket_month > customers.month_start then 'no_ticket_history'
        end as tickets_null_reason,
        case
            when sources.first_touch_month is null or sources.first_touch_month > customers.month_start then 'no_touches_recorded'
        end as touches_null_reason
    from customers
    cross join sources
    inner join months on customers.month_start = months.month_start
    left join billing on customers.customer_id = billing.customer_id and customers.month_start = billing.month_start
    left join product_use on customers.customer_id = product_use.customer_id and customers.month_start = product_use.month_start
    left join tickets on customers.customer_id = tickets.customer_id and customers.month_start = tickets.month_start
    left join touches on customers.customer_id = touches.customer_id and customers.month_start = touches.month_start
    left join in_support on customers.customer_id = in_support.customer_id
)

select
    customer_id,
    case when coalesce(seat_days, 0) = 0 then 'no_usage' end as usage_of_seats_null_reason,
    case
        when coalesce(seat_days, 0) = 0 then 'no_usage'
        when not is_history_whole then 'short_history'
        when earlier_active_days = 0 then 'no_use_before'
    end as usage_trend_null_reason,
    tickets_null_reason as open_tickets_null_reason,
    tickets_null_reason as urgent_tickets_null_reason,
    tickets_null_reason as reopened_tickets_null_reason,
    coalesce(tickets_null_reason, case when ratings = 0 then 'no_ratings' end) as sentiment_null_reason,
    case when past_due_days is null then 'no_history' end as payment_null_reason,
    touches_null_reason as engagement_null_reason,
    case when is_renewal_near then touches_null_reason else 'no_renewal_near' end as renewal_null_reason,
    {{ money('mrr') }} as mrr,
    {{ portion('1', 'active_days', 'nullif(seat_days, 0)') }} as usage_of_seats_value,
    cast(
        case when is_history_whole and seat_days > 0 then {{ portion('active_days', 'earlier_days', 'nullif(days * earlier_active_days, 0)') }} - 1 end
        as decimal(18, 6)
    ) as usage_trend_value,
    cast(case when tickets_null_reason is null then open_tickets end as decimal(18, 6)) as open_tickets_value,
    cast(case when tickets_null_reason is null then urgent_tickets end as decimal(18, 6)) as urgent_tickets_value,
    cast(case when tickets_null_reason is null then reopenings end as decimal(18, 6)) as reopened_tickets_value,
    case when tickets_null_reason is null then {{ portion('1', 'good_ratings', 'nullif(ratings, 0)') }} end as sentiment_value,
    cast(past_due_days as decimal(18, 6)) as payment_value,
    cast(case when touches_null_reason is null then touches end as decimal(18, 6)) as engagement_value,
    cast(
        case when is_renewal_near and touches_null_reason is null then renewal_touches end as decimal(18, 6)
    ) as renewal_value,
    is_in_force,
    is_leaving,
    month_start
from known
