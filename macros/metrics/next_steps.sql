{# What it takes of each component to gain so many points of the score (`wanted_gain`), and what that gains. Reads the
   CTE `components` (columns of a component, `wanted_gain`, `reachable_points`, `gain_share`, `gain_whole`) and the CTE
   `bands`; writes the CTE `steps`, which adds `more_units`, `new_value` and `gain`. #}
{% macro steps_to_gain() -%}
targets as (
    select
        *,
        least(
            reachable_points, points + {{ portion('wanted_gain', 'gain_whole', 'gain_share') }}
        ) as target_points
    from components
),

-- the lowest band that earns as much
reaching_bands as (
    select
        targets.track,
        targets.component_id,
        targets.partner_id,
        targets.program_version_id,
        targets.month_start,
        bands.lower_bound,
        bands.points,
        row_number() over (
            partition by
                targets.track, targets.component_id, targets.partner_id, targets.program_version_id,
                targets.month_start
            order by bands.lower_bound
        ) as place
    from targets
    inner join bands
        on
            targets.score_function = 'band'
            and targets.program_version_id = bands.program_version_id
            and targets.component_id = bands.component_id
            and targets.month_start = bands.month_start
            and targets.target_points <= bands.points
),

aimed as (
    select
        targets.*,
        reaching_bands.points as band_points,
        {{ value_for_points('targets', 'targets.target_points', 'reaching_bands.lower_bound') }} as value_wanted
    from targets
    left join reaching_bands
        on
            targets.track = reaching_bands.track
            and targets.component_id = reaching_bands.component_id
            and targets.partner_id = reaching_bands.partner_id
            and targets.program_version_id = reaching_bands.program_version_id
            and targets.month_start = reaching_bands.month_start
            and reaching_bands.place = 1
),

measured as (
    select
        *,
        {{ rounded_up('greatest(value_wanted - coalesce(value, 0), 0)', 'unit_kind') }} as more_units
    from aimed
),

earned as (
    select
        *,
        coalesce(value, 0) + more_units as new_value,
        {{ points_earned('measured', 'coalesce(measured.value, 0) + measured.more_units', 'measured.band_points') }} as new_points
    from measured
),

steps as (
    select
        *,
        {{ portion('greatest(new_points - points, 0)', 'gain_share', 'gain_whole') }} as gain
    from earned
)
{%- endmacro %}
