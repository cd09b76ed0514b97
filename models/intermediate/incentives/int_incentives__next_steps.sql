-- One row a step towards the next tier. Where components close the distance alone, the three cheapest of them, each a
-- way of its own. Where none does, the cheapest points first, together, until the distance is closed.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

reach as (
    select * from {{ ref('int_incentives__component_reach') }}
),

score_bands as (
    select * from {{ ref('score_bands') }}
),

bands as (
    select
        version_months.month_start,
        score_bands.*
    from version_months
    inner join score_bands
        on {{ rule_in_force('score_bands', 'version_months', 'version_months.month_start') }}
),

ranked as (
    select
        *,
        bool_or(is_enough_alone) over (
            partition by program_version_id, track, partner_id, month_start
        ) as has_single_steps,
        row_number() over (
            partition by program_version_id, track, partner_id, month_start, is_enough_alone
            order by effort asc nulls last, growth_needed asc, component_id asc
        ) as single_place,
        row_number() over (
            partition by program_version_id, track, partner_id, month_start
            order by
                {{ portion('effort', '1', 'possible_gain') }} asc nulls last,
                {{ portion('growth_needed', '1', 'possible_gain') }} asc,
                component_id asc
        ) as joint_place
    from reach
),

joined as (
    select
        *,
        coalesce(sum(possible_gain) over (
            partition by program_version_id, track, partner_id, month_start
            order by joint_place
            rows between unbounded preceding and 1 preceding
        ), 0) as gained_before,
        sum(possible_gain) over (partition by program_version_id, track, partner_id, month_start) as gain_in_all
    from ranked
),

components as (
    select
        *,
        case
            when has_single_steps then points_missing
            else least(possible_gain, points_missing - gained_before)
        end as wanted_gain,
        case when has_single_steps then single_place else joint_place end as step
    from joined
    where
        has_single_steps and is_enough_alone and single_place <= 3
        or not has_single_steps and gain_in_all >= points_missing and gained_before < points_missing
),

{{ steps_to_gain() }},

-- what one says of the unit: `certified engineer|certified engineers`
worded as (
    select
        *,
        coalesce(unit_label, component_name) as label
    from steps
)

select
    program_id,
    program_version_id,
    track,
    scorecard_id,
    path_id,
    component_id,
    partner_id,
    {{ measure_text('more_units', 'unit_kind', 'currency') }}
    || ' more '
    || case
        when more_units = 1 and unit_kind = 'count' then {{ dbt.split_part('label', "'|'", 1) }}
        when label like '%|%' then {{ dbt.split_part('label', "'|'", 2) }}
        else label
    end
    || ' (+' || {{ points_text('gain') }} || ' points)' as description,
    step,
    more_units,
    gain,
    points_missing,
    has_single_steps as is_enough_alone,
    month_start
from worded
