-- One row a track, partner and month: the cheapest way to the next tier as one sentence, or why there is none to tell.
with

goals as (
    select * from {{ ref('int_incentives__track_goals') }}
),

steps as (
    select * from {{ ref('int_incentives__next_steps') }}
),

components as (
    select * from {{ ref('int_incentives__score_components') }}
    where is_scored and points <= 0
),

open_goals as (
    select * from goals
    where next_tier_id is not null and not is_next_reached
),

parts as (
    select
        program_version_id,
        track,
        partner_id,
        month_start,
        1 as part,
        gate_missing as wording
    from open_goals
    where gate_missing is not null
    union all
    select
        open_goals.program_version_id,
        open_goals.track,
        open_goals.partner_id,
        open_goals.month_start,
        2 as part,
        'more than 0 points in '
        || replace({{ ordered_list('components.component_name', 'components.component_id') }}, '|', ', ') as wording
    from open_goals
    inner join components
        on
            open_goals.program_version_id = components.program_version_id
            and open_goals.scorecard_id = components.scorecard_id
            and open_goals.path_id = components.path_id
            and open_goals.partner_id = components.partner_id
            and open_goals.month_start = components.month_start
    where not open_goals.is_every_component_met
    group by
        open_goals.program_version_id, open_goals.track, open_goals.partner_id, open_goals.month_start
    union all
    select
        program_version_id,
        track,
        partner_id,
        month_start,
        3 as part,
        replace(
            {{ ordered_list('description', 'step') }}, '|', case when is_enough_alone then ' or ' else ' and ' end
        ) as wording
    from steps
    group by program_version_id, track, partner_id, month_start, is_enough_alone
),

sentences as (
    select
        program_version_id,
        track,
        partner_id,
        month_start,
        replace({{ ordered_list('wording', 'part') }}, '|', '; and ') as wording,
        max(part) as last_part
    from parts
    group by program_version_id, track, partner_id, month_start
),

reasoned as (
    select
        goals.program_id,
        goals.program_version_id,
        goals.track,
        goals.partner_id,
        goals.month_start,
        sentences.wording,
        case
            when goals.next_tier_id is null then 'at_the_top'
            when goals.is_next_qualified then 'waits_for_audit'
            when goals.is_next_reached then 'waits_for_window'
            when goals.score_null_reason is not null and goals.next_tier_score is not null then 'nothing_scored'
            when goals.points_missing > 0 and coalesce(sentences.last_part, 0) <> 3 then 'out_of_reach'
            when sentences.wording is null then 'not_known'
        end as null_reason
    from goals
    left join sentences
        on
            goals.program_version_id = sentences.program_version_id
            and goals.track = sentences.track
            and goals.partner_id = sentences.partner_id
            and goals.month_start = sentences.month_start
)

select
    program_id,
    program_version_id,
    track,
    partner_id,
    case when null_reason is null then wording end as cheapest_way,
    null_reason as cheapest_way_null_reason,
    month_start
from reasoned
