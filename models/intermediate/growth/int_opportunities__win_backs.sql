-- Customers that left by their own decision some months ago and have not come back. The estimate: the MRR with which
-- they left.
with

months as (
    select * from {{ ref('int_months') }}
),

movements as (
    select * from {{ ref('customer_mrr_movements') }}
    where movement = 'churn'
),

holdings as (
    select distinct
        customer_id,
        month_start
    from {{ ref('int_opportunities__holdings') }}
),

rules as (
    select * from {{ ref('opportunity_rules') }}
    where kind = 'win_back'
),

left_in as (
    select
        movements.customer_id,
        movements.month_start as left_month,
        max(movements.movement_date) as left_on,
        max(movements.reason) as reason,
        -sum(movements.amount) as mrr,
        min(case when '|' || rules.applies_to || '|' like '%|' || movements.reason || '|%' then 1 else 0 end) as is_own_decision,
        max(rules.window_from) as window_from,
        max(rules.window_to) as window_to
    from movements
    cross join rules
    group by movements.customer_id, movements.month_start
),

-- who left more than once has left the last time
last_left as (
    select
        left_in.*,
        {{ dbt.datediff('left_in.left_month', 'months.month_start', 'month') }} as months_ago,
        row_number() over (
            partition by left_in.customer_id, months.month_start order by left_in.left_month desc
        ) as recency,
        months.month_end,
        months.month_start
    from left_in
    inner join months on left_in.left_month <= months.month_start
)

select
    last_left.customer_id,
    cast(null as {{ dbt.type_string() }}) as product_id,
    false as is_of_product,
    'It left on ' || cast(last_left.left_on as {{ dbt.type_string() }}) || ', '
    || {{ whole_text('last_left.months_ago') }} || ' months ago ('
    || replace(last_left.reason, '_', ' ') || ')' as evidence,
    {{ money('last_left.months_ago') }} as measured_value,
    cast(last_left.window_from as decimal(18, 6)) as threshold,
    {{ money('last_left.mrr') }} as estimated_mrr,
    cast(null as {{ dbt.type_string() }}) as estimate_null_reason,
    last_left.month_end,
    last_left.month_start
from last_left
left join holdings
    on last_left.customer_id = holdings.customer_id and last_left.month_start = holdings.month_start
where
    last_left.recency = 1
    and last_left.is_own_decision = 1
    and last_left.months_ago between last_left.window_from and last_left.window_to
    and holdings.customer_id is null
