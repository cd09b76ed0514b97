{{ config(schema='certified') }}
-- What a score is made of: a row a component, with the certified metric behind it, what it measured and earned.
with

components as (
    select * from {{ ref('int_incentives__score_components') }}
),

paths as (
    select * from {{ ref('int_incentives__score_paths') }}
),

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
)

select
    components.program_id,
    components.program_version_id,
    components.scorecard_id,
    components.path_id,
    components.component_id,
    components.partner_id,
    components.metric_id,
    cast(components.metric_version as varchar) as metric_version,
    components.component_name,
    components.category,
    components.score_function,
    components.unit_kind,
    case when components.unit_kind = 'money' then components.currency end as currency,
    components.value_null_reason,
    case
        when components.is_verified and version_months.verification = 'verified' then 'verified'
        else 'illustrative'
    end as verification,
    cast(components.value as decimal(28, 6)) as metric_value,
    cast(components.points as decimal(18, 6)) as points,
    cast(components.max_points as decimal(18, 6)) as max_points,
    cast(components.weight as decimal(18, 6)) as weight,
    case
        when paths.gain_whole > 0
            then {{ portion('components.points', 'coalesce(paths.gain_share, components.weight)', 'paths.gain_whole') }}
    end as points_of_score,
    components.is_scored,
    paths.is_chosen as is_in_score,
    components.month_start
from components
inner join paths
    on
        components.program_version_id = paths.program_version_id
        and components.scorecard_id = paths.scorecard_id
        and components.path_id = paths.path_id
        and components.partner_id = paths.partner_id
        and components.month_start = paths.month_start
inner join version_months
    on
        components.program_version_id = version_months.program_version_id
        and components.month_start = version_months.month_start
