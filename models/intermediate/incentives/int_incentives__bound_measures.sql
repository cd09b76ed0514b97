-- One row a metric binding and month: what is measured, and in which unit people would say it.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

bindings as (
    select * from {{ ref('metric_bindings') }}
),

catalogue as (
    select * from {{ ref('metric_catalogue') }}
)

select
    version_months.program_id,
    version_months.program_version_id,
    bindings.binding_id,
    bindings.metric_id,
    bindings.metric_version,
    coalesce(catalogue.metric_name, bindings.metric_id) as measure_name,
    case
        when bindings.comparator_form = 'ratio' or catalogue.unit = 'Ratio' then 'ratio'
        when catalogue.unit like 'Reporting currency%' then 'money'
        else 'count'
    end as unit_kind,
    version_months.currency,
    bindings.verification = 'verified' as is_verified,
    version_months.month_start
from version_months
inner join bindings
    on {{ rule_in_force('bindings', 'version_months', 'version_months.month_start') }}
left join catalogue
    on
        bindings.metric_id = catalogue.metric_id
        and cast(bindings.metric_version as varchar) = catalogue.metric_version
