-- One row a track, partner and month: the highest tier that is held, and since when.
with

holds as (
    select * from {{ ref('int_incentives__tier_holds') }}
),

-- every tier of a track is judged; the highest one held speaks for the month
ranked as (
    select
        *,
        row_number() over (
            partition by program_version_id, track, partner_id, month_start
            order by is_held desc, tier_rank desc, tier_id asc
        ) as place,
        row_number() over (
            partition by program_version_id, track, partner_id, month_start
            order by is_qualified desc, tier_rank desc, tier_id asc
        ) as qualified_place
    from holds
),

spoken as (
    select
        program_id,
        program_version_id,
        track,
        partner_id,
        month_start,
        max(case when place = 1 and is_held then tier_id end) as tier_id,
        max(case when place = 1 and is_held then tier_name end) as tier_name,
        max(case when place = 1 and is_held then tier_rank end) as tier_rank,
        max(case when place = 1 and is_held then exception_id end) as exception_id,
        coalesce(max(case when place = 1 and is_held then reason end), 'none') as reason,
        max(case when qualified_place = 1 and is_qualified then tier_id end) as qualified_tier_id,
        -- who holds none has been judged by all of them
        coalesce(
            bool_and(case when place = 1 and is_held then is_verified end),
            bool_and(is_verified)
        ) as is_verified
    from ranked
    group by program_id, program_version_id, track, partner_id, month_start
),

changes as (
    select
        *,
        lag(tier_id) over (partition by program_id, track, partner_id order by month_start) as tier_before,
        row_number() over (partition by program_id, track, partner_id order by month_start) as month_in_track
    from spoken
),

runs as (
    select
        *,
        sum(case when month_in_track = 1 or coalesce(tier_id, '') <> coalesce(tier_before, '') then 1 else 0 end) over (
            partition by program_id, track, partner_id
            order by month_start
            rows between unbounded preceding and current row
        ) as run
    from changes
)

select
    program_id,
    program_version_id,
    track,
    partner_id,
    tier_id,
    qualified_tier_id,
    first_value(tier_before) over (
        partition by program_id, track, partner_id, run
        order by month_start
        rows between unbounded preceding and current row
    ) as previous_tier_id,
    exception_id,
    tier_name,
    reason,
    tier_rank,
    is_verified,
    case
        when tier_id is not null
            then min(month_start) over (partition by program_id, track, partner_id, run)
    end as held_since,
    month_start
from runs
