-- The metrics that programs can be written in, each at the version that is computed. A program that names another
-- version gets no value and is told so: what was agreed on is never swapped for what is computed now.
{%- set definitions = program_metric_definitions() %}
{%- set with_lines = program_metrics().lines %}
with

metrics as (
    {%- for name, metric in definitions.items() %}
    select
        '{{ name }}' as metric_id,
        {{ metric.version }} as metric_version,
        {{ name in with_lines }} as has_lines,
        {{ metric.is_money }} as is_money,
        {{ metric.is_state }} as is_state,
        {{ metric.is_additive }} as is_additive,
        {{ metric.is_distinct }} as is_distinct,
        {{ metric.is_nought_when_missing }} as is_nought_when_missing
    {{ 'union all' if not loop.last }}
{%- else %}
        select
            cast(null as {{ dbt.type_string() }}) as metric_id,
            1 as metric_version,
            true as has_lines,
            true as is_money,
            true as is_state,
            true as is_additive,
            true as is_distinct,
            true as is_nought_when_missing
        where false
    {%- endfor %}
)

select
    metric_id,
    cast(metric_version as integer) as metric_version,
    has_lines,
    is_money,
    is_state,
    is_additive,
    is_distinct,
    is_nought_when_missing
from metrics
