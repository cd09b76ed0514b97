-- The business hours of support, with the time zone by its name in the time zone database. The schedule that was made
-- first is the one for tickets that are under none.
with

schedules as (
    select * from {{ ref('stg_zendesk__schedule') }}
),

zone_names as (
    select * from {{ ref('support_time_zones') }}
),

zones as (
    select
        time_zone_name as time_zone,
        iana_time_zone
    from zone_names
    union
    select
        iana_time_zone as time_zone,
        iana_time_zone
    from zone_names
),

canonical as (
    select
        *,
        {{ canonical_id('schedule_id', 'zendesk') }} as canonical_schedule_id
    from schedules
),

dated as (
    select
        *,
        min(created_at) over (partition by canonical_schedule_id) as made_at
    from canonical
),

ranked as (
    select
        *,
        dense_rank() over (partition by source_relation order by made_at nulls last, canonical_schedule_id) as place
    from dated
)

select
    ranked.canonical_schedule_id as schedule_id,
    ranked.source_relation,
    ranked.schedule_name,
    ranked.time_zone,
    zones.iana_time_zone,
    ranked.start_minute,
    ranked.end_minute,
    ranked.place = 1 as is_default
from ranked
left join zones on ranked.time_zone = zones.time_zone
