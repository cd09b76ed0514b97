-- One row a scorecard, partner and month: the score of the path that counts.
with

paths as (
    select * from {{ ref('int_incentives__score_paths') }}
)

select
    program_id,
    program_version_id,
    scorecard_id,
    path_id,
    partner_id,
    track,
    score_null_reason,
    score,
    scale,
    pass_score,
    components_at_zero,
    is_every_component_met,
    passes,
    is_verified,
    month_start
from paths
where is_chosen
