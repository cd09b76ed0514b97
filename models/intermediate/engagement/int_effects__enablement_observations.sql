-- Partners twelve months ago, with `enablement_min_people` certified people or more and with fewer, and what became of them
-- since: a row an outcome, partner and month.
with

outcomes as (
    select * from {{ ref('int_engagement__partner_outcomes') }}
),

learning as (
    select * from {{ ref('partner_learning_monthly') }}
)

select
    'certified_people' as exposure_id,
    'enablement' as exposure_kind,
    outcomes.outcome_id,
    'partner' as unit_kind,
    outcomes.partner_id as unit_id,
    outcomes.stratum,
    learning.certified_people >= {{ var('enablement_min_people') }} as is_exposed,
    outcomes.outcome_numerator,
    outcomes.outcome_denominator,
    outcomes.month_start
from outcomes
inner join learning on outcomes.partner_id = learning.partner_id and outcomes.cohort_month = learning.month_start
