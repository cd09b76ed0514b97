{{ config(schema='certified') }}
-- What every certified number means, a row a metric and version. Written beside the metric's definition in
-- models/metrics, and only there; this table and docs/metrics.md are made of it.
{%- set texts = [
    'metric_id', 'metric_version', 'metric_name', 'definition', 'formula', 'unit', 'grain', 'dimensions',
    'why_useful', 'how_used', 'assumptions', 'other_tools', 'change', 'change_reason', 'effect_on_past',
    'certified_table', 'certified_column',
] %}
with

entries as (
    {{ metric_catalogue_rows(texts, flags=['is_past_recast', 'is_current']) }}
)

select
    metric_id,
    metric_version,
    metric_name,
    definition,
    formula,
    unit,
    grain,
    dimensions,
    why_useful,
    how_used,
    assumptions,
    other_tools,
    change,
    change_reason,
    effect_on_past,
    certified_table,
    certified_column,
    is_past_recast,
    is_current
from entries
