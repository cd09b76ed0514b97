-- The health score of each customer and month: the weighted mean of the points of those components that are known. Where
-- too little is known there is none.
{%- set components = health_components() %}
with

component_values as (
    select * from {{ ref('int_health__values') }}
),

-- the rows of the seed, side by side
rules as (
    select
        {%- for component in components %}
            {%- for column in ['weight', 'value_at_0', 'value_at_100'] %}
                max(case when component_id = '{{ component }}' then {{ column }} end) as {{ component }}_{{ column }},
            {%- endfor %}
        {%- endfor %}
        sum(weight) as all_weights
    from {{ ref('health_components') }}
),

pointed as (
    select
        component_values.*,
        {%- for component in components %}
            coalesce(rules.{{ component }}_weight, 0) as {{ component }}_weight,
            {{ health_points(
                'component_values.' ~ component ~ '_value', 'rules.' ~ component ~ '_value_at_0',
                'rules.' ~ component ~ '_value_at_100'
            ) }} as {{ component }}_points,
        {%- endfor %}
        rules.all_weights
    from component_values
    cross join rules
),

weighed as (
    select
        *,
        {{ health_known_weights() }} as known_weights,
        {{ health_weighed_points() }} as weighed_points
    from pointed
),

covered as (
    select
        *,
        {{ portion('1', 'known_weights', 'nullif(all_weights, 0)') }} as coverage
    from weighed
),

judged as (
    select
        *,
        case
            when not is_in_force then 'between_subscriptions'
            when coalesce(coverage, 0) < {{ var('health_min_coverage') }} or known_weights = 0 then 'low_coverage'
        end as score_null_reason
    from covered
),

scored as (
    select
        *,
        case
            when score_null_reason is null then {{ portion('weighed_points', '1', 'nullif(known_weights, 0)') }}
        end as health_score
    from judged
),

bands as (
    select
        health_band,
        lowest_score,
        lead(lowest_score) over (order by lowest_score) as next_score
    from {{ ref('health_bands') }}
    where not is_notice
),

notice_band as (
    select health_band from {{ ref('health_bands') }}
    where is_notice
)

select
    scored.customer_id,
    case when scored.is_leaving then notice_band.health_band else bands.health_band end as health_band,
    scored.score_null_reason,
    {%- for component in components %}
        scored.{{ component }}_null_reason,
    {%- endfor %}
    scored.health_score,
    scored.coverage,
    scored.mrr,
    {%- for component in components %}
        scored.{{ component }}_value,
        scored.{{ component }}_points,
    {%- endfor %}
    scored.month_start
from scored
left join bands
    on
        scored.health_score >= bands.lowest_score
        and (bands.next_score is null or scored.health_score < bands.next_score)
left join notice_band on scored.is_leaving
