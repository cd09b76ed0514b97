{{ config(schema='certified') }}
{%- set parts = ['reward', 'revenue', 'role', 'service', 'conversation'] %}
-- How the partner program does, a row a measure and month: the value or why there is none, where it stood twelve months before,
-- and how it stands to the target of that month.
with

measures as (
    select * from {{ ref('program_health_measures') }}
),

targets as (
    select * from {{ ref('program_health_targets') }}
),

months as (
    select month_start from {{ ref('int_months') }}
),

found as (
    {%- for part in parts %}
        select
            measure_id,
            value_null_reason,
            value,
            month_start
        from {{ ref('int_program_health__' ~ part ~ '_values') }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

valued as (
    select
        measures.*,
        case when found.value is null then coalesce(found.value_null_reason, 'not_enough_data') end as value_null_reason,
        found.value,
        before.value as value_12_months_before,
        cast(found.value - before.value as decimal(18, 6)) as value_change,
        months.month_start
    from measures
    cross join months
    left join found
        on measures.measure_id = found.measure_id and months.month_start = found.month_start
    left join found as before
        on
            measures.measure_id = before.measure_id
            and before.month_start = {{ add_months('months.month_start', -12) }}
),

-- the latest row that held in the month
standing as (
    select
        targets.measure_id,
        targets.verification,
        targets.target,
        months.month_start,
        row_number() over (
            partition by targets.measure_id, months.month_start order by targets.valid_from desc
        ) as place
    from targets
    inner join months on targets.valid_from <= months.month_start
)

select
    valued.measure_id,
    valued.metric_id,
    valued.question,
    valued.measure_name,
    valued.unit,
    valued.good_direction,
    valued.value_null_reason,
    case
        when valued.value_change is null then 'no_comparison'
        when valued.value_change > valued.steady_within then 'rising'
        when valued.value_change < -valued.steady_within then 'falling'
        else 'steady'
    end as trend,
    standing.verification as target_verification,
    cast(valued.measure_order as bigint) as measure_order,
    cast(valued.value as decimal(18, 6)) as value,
    cast(valued.value_12_months_before as decimal(18, 6)) as value_12_months_before,
    valued.value_change,
    standing.target,
    case valued.good_direction
        when 'up' then valued.value >= standing.target
        when 'down' then valued.value <= standing.target
        when 'to_zero' then abs(valued.value) <= standing.target
    end as is_on_target,
    valued.month_start
from valued
left join standing
    on
        valued.measure_id = standing.measure_id
        and valued.month_start = standing.month_start
        and standing.place = 1
