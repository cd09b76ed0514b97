-- Metrics that are told by partner and month, by their own definition in the semantic layer: retention, upsell success,
-- quick ratio, adoption, certified people. Only metrics that a program reads.
{%- set definitions = program_metric_definitions() %}
-- depends_on: {{ ref('partner_retention_monthly') }}
-- depends_on: {{ ref('partner_growth_monthly') }}
-- depends_on: {{ ref('partner_revenue_mix_monthly') }}
-- depends_on: {{ ref('customer_mrr_monthly') }}
-- depends_on: {{ ref('partner_contracts_monthly') }}
-- depends_on: {{ ref('partner_enablement_monthly') }}
with

metrics as (
    select * from {{ ref('int_incentives__available_metrics') }}
    where
        not has_lines
        and metric_id in (select bound.metric_id from {{ ref('int_incentives__bound_metrics') }} as bound)
),

-- certificates are counted as each program asks, and in the certified table by the standard
counted as (
    select * from {{ ref('int_incentives__certified_people') }}
),

measured as (
    {%- for name in ['certified_people', 'certificates'] %}
        select
            metrics.metric_id,
            metrics.metric_version,
            counted.credential_id,
            case when counted.program_version_id <> 'standard' then counted.program_version_id end as program_version_id,
            counted.partner_id,
            cast(counted.{{ name }} as {{ type_money() }}) as value,
            counted.month_start
        from counted
        inner join metrics on metrics.metric_id = '{{ name }}'
        union all
    {%- endfor %}
    {%- for name in program_metrics().partners if name in definitions and name not in ['certified_people', 'certificates'] %}
    {%- set metric = definitions[name] %}
    select
        metrics.metric_id,
        metrics.metric_version,
        cast(null as {{ dbt.type_string() }}) as credential_id,
        cast(null as {{ dbt.type_string() }}) as program_version_id,
        measured.partner_id,
        {{ metric_value(metric) }} as value,
        measured.month_start
    from {{ ref(metric.model) }} as measured
    inner join metrics on metrics.metric_id = '{{ name }}'
    where {{ metric.condition }}
    group by metrics.metric_id, metrics.metric_version, measured.partner_id, measured.month_start
    {{ 'union all' if not loop.last }}
{%- else %}
        select
            cast(null as {{ dbt.type_string() }}) as metric_id,
            1 as metric_version,
            cast(null as {{ dbt.type_string() }}) as credential_id,
            cast(null as {{ dbt.type_string() }}) as program_version_id,
            cast(null as {{ dbt.type_string() }}) as partner_id,
            cast(null as {{ type_money() }}) as value,
            cast(null as date) as month_start
        where false
    {%- endfor %}
)

select
    measured.metric_id,
    measured.metric_version,
    measured.credential_id,
    measured.program_version_id,
    measured.partner_id,
    measured.value,
    case when measured.value is null then 'no_base' end as null_reason,
    metrics.is_money,
    measured.month_start
from measured
inner join metrics on measured.metric_id = metrics.metric_id
