-- One row a component of a scorecard, partner and month: the value of its metric and the points that it earns.
-- A metric without a value earns what nothing earns, and the reason stands beside it.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

participants as (
    select * from {{ ref('int_incentives__participants') }}
),

scorecards as (
    select * from {{ ref('scorecards') }}
),

components as (
    select * from {{ ref('scorecard_components') }}
),

measures as (
    select * from {{ ref('int_incentives__bound_measures') }}
),

bands as (
    select * from {{ ref('score_bands') }}
),

snapshots as (
    select * from {{ ref('int_incentives__metric_snapshots') }}
),

in_force as (
    select
        version_months.program_id,
        version_months.month_start,
        measures.metric_id,
        measures.metric_version,
        measures.unit_kind,
        measures.currency,
        components.*,
        scorecards.verification = 'verified'
        and components.verification = 'verified'
        and measures.is_verified as is_verified
    from version_months
    inner join components
        on {{ rule_in_force('components', 'version_months', 'version_months.month_start') }}
    inner join scorecards
        on
            components.scorecard_id = scorecards.scorecard_id
            and {{ rule_in_force('scorecards', 'version_months', 'version_months.month_start') }}
    inner join measures
        on
            version_months.program_version_id = measures.program_version_id
            and version_months.month_start = measures.month_start
            and components.binding_id = measures.binding_id
),

bands_in_force as (
    select
        version_months.month_start,
        bands.*
    from version_months
    inner join bands on {{ rule_in_force('bands', 'version_months', 'version_months.month_start') }}
),

valued as (
    select
        in_force.*,
        participants.partner_id,
        snapshots.value,
        case when snapshots.value is null then coalesce(snapshots.null_reason, 'no_data') end as value_null_reason
    from in_force
    inner join participants
        on
            in_force.program_version_id = participants.program_version_id
            and in_force.month_start = participants.month_start
    left join snapshots
        on
            in_force.program_version_id = snapshots.program_version_id
            and in_force.binding_id = snapshots.binding_id
            and participants.partner_id = snapshots.partner_id
            and in_force.month_start = snapshots.month_start
)

select
    valued.program_id,
    valued.program_version_id,
    valued.scorecard_id,
    valued.path_id,
    valued.component_id,
    valued.partner_id,
    valued.component_name,
    valued.category,
    valued.binding_id,
    valued.metric_id,
    valued.metric_version,
    valued.score_function,
    valued.unscored_policy,
    valued.unit_label,
    valued.unit_kind,
    valued.currency,
    valued.value_null_reason,
    valued.value,
    case
        when valued.is_scored
            then {{ points_earned('valued', 'valued.value', 'bands.points') }}
        else 0
    end as points,
    cast(valued.min_points as decimal(18, 6)) as min_points,
    cast(valued.max_points as decimal(18, 6)) as max_points,
    cast(valued.weight as decimal(18, 6)) as weight,
    valued.unit_value,
    valued.threshold,
    valued.unit_cost_hint,
    valued.is_scored,
    valued.is_verified and coalesce(bands.verification, 'verified') = 'verified' as is_verified,
    valued.month_start
from valued
left join bands_in_force as bands
    on
        valued.score_function = 'band'
        and valued.program_version_id = bands.program_version_id
        and valued.component_id = bands.component_id
        and valued.month_start = bands.month_start
        and valued.value >= bands.lower_bound
        and (valued.value < bands.upper_bound or bands.upper_bound is null)
