-- Every customer in each month that it has MRR in, as a member of the cohorts that start there: what it has
-- then, and at the end of each window. What is worth the same at the rate of the start is the same to the last
-- digit, however its parts were rounded.
{%- set windows = var('retention_windows') %}
with

members as (
    select
        *,
        {{ month_number('month_start') }} as month_number
    from {{ ref('int_retention__members') }}
    where mrr > 0
),

transfers as (
    select
        *,
        {{ month_number('month_start') }} as month_number
    from {{ ref('int_retention__transfers') }}
),

months as (
    select {{ month_number('month_start') }} as month_number
    from {{ ref('int_months') }}
),

next_transfers as (
    select
        transfers.level,
        transfers.level_value,
        transfers.customer_id,
        months.month_number,
        min(transfers.month_number - months.month_number) as months_to_transfer
    from transfers
    inner join months
        on
            transfers.month_number > months.month_number
            and transfers.month_number <= months.month_number + {{ windows | max }}
    group by transfers.level, transfers.level_value, transfers.customer_id, months.month_number
),

followed as (
    select
        {%- for window in windows %}
            max(value_{{ window }}) over (
                partition by level, level_value, customer_id
                order by month_number range between {{ window }} following and {{ window }} following
            ) as value_after_{{ window }},
            max(mrr) over (
                partition by level, level_value, customer_id
                order by month_number range between {{ window }} following and {{ window }} following
            ) as mrr_after_{{ window }},
        {%- endfor %}
        *
    from members
)

select
    followed.level,
    followed.level_value,
    followed.customer_id,
    followed.mrr as cohort_mrr,
    {%- for window in windows %}
        case
            when followed.value_after_{{ window }} = followed.value then followed.mrr
            else coalesce(followed.value_after_{{ window }}, 0)
        end as retained_mrr_{{ window }},
        coalesce(followed.mrr_after_{{ window }}, 0) as reported_mrr_{{ window }},
    {%- endfor %}
    {%- for window in windows %}
        coalesce(next_transfers.months_to_transfer <= {{ window }}, false) as is_transferred_{{ window }},
    {%- endfor %}
    followed.month_start as cohort_month
from followed
left join next_transfers
    on
        followed.level = next_transfers.level
        and followed.level_value = next_transfers.level_value
        and followed.customer_id = next_transfers.customer_id
        and followed.month_number = next_transfers.month_number
