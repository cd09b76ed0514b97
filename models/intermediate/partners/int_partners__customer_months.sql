-- How many customers each partner has MRR with at the end of each month, and all of them for the vendor.
with

stock as (
    select * from {{ ref('int_mrr__partner_stock') }}
),

months as (
    select * from {{ ref('int_months') }}
),

-- the vendor counts a customer once, however many partners share it
memberships as (
    select
        partner_id,
        customer_id,
        from_date,
        to_date
    from stock
    union all
    select
        cast(null as {{ dbt.type_string() }}) as partner_id,
        customer_id,
        from_date,
        to_date
    from stock
),

flows as (
    select
        partner_id,
        customer_id,
        {{ month_of('from_date') }} as month_start,
        1 as active_change
    from memberships
    union all
    select
        partner_id,
        customer_id,
        {{ month_of('to_date') }} as month_start,
        -1 as active_change
    from memberships
    where to_date < {{ open_end() }}
),

customer_months as (
    select
        partner_id,
        customer_id,
        month_start,
        sum(active_change) as active_change
    from flows
    group by partner_id, customer_id, month_start
),

running as (
    select
        *,
        sum(active_change) over (partition by partner_id, customer_id order by month_start) as active_items
    from customer_months
),

switches as (
    select
        partner_id,
        month_start,
        case when active_items > 0 then 1 else 0 end
        - case when active_items - active_change > 0 then 1 else 0 end as customer_change
    from running
),

monthly as (
    select
        partner_id,
        month_start,
        sum(customer_change) as customer_change
    from switches
    group by partner_id, month_start
),

spans as (
    select
        partner_id,
        min(month_start) as first_month
    from monthly
    group by partner_id
)

select
    spans.partner_id,
    cast(sum(coalesce(monthly.customer_change, 0)) over (
        partition by spans.partner_id order by months.month_start
    ) as bigint) as customers,
    months.month_start
from spans
inner join months on spans.first_month <= months.month_start
left join monthly
    on
        coalesce(spans.partner_id, '') = coalesce(monthly.partner_id, '')
        and months.month_start = monthly.month_start
