{{ config(schema='certified') }}
-- Who moves retention: for each kind of touch, for partners' certified people and for conversation, how those exposed
-- fared beside comparable ones that were not, by month. With each figure comes what may be claimed by it.
with

estimates as (
    select
        *,
        case
            when null_reason is not null then 'not_enough_data'
            when difference_low > 0 then 'higher'
            when difference_high < 0 then 'lower'
            else 'not_distinguishable'
        end as claim_kind
    from {{ ref('int_effects__estimates') }}
),

studies as (
    select * from {{ ref('effect_studies') }}
),

outcomes as (
    select * from {{ ref('effect_outcomes') }}
),

claims as (
    select * from {{ ref('effect_claims') }}
)

select
    estimates.exposure_id,
    estimates.outcome_id,
    studies.exposure_kind,
    studies.exposure_name,
    outcomes.outcome_name,
    studies.unit_kind,
    studies.question,
    estimates.null_reason,
    estimates.odds_ratio_null_reason,
    estimates.claim_kind,
    claims.claim,
    studies.caution,
    estimates.exposed_units,
    estimates.unexposed_units,
    estimates.compared_exposed_units,
    estimates.compared_unexposed_units,
    estimates.strata,
    estimates.compared_strata,
    estimates.exposed_rate,
    estimates.unexposed_rate,
    estimates.crude_difference,
    estimates.difference,
    estimates.standard_error,
    estimates.difference_low,
    estimates.difference_high,
    estimates.crude_odds_ratio,
    estimates.odds_ratio,
    estimates.odds_ratio_low,
    estimates.odds_ratio_high,
    coalesce(estimates.claim_kind in ('higher', 'lower'), false) as is_distinguishable,
    {{ add_months('estimates.month_start', -12) }} as cohort_month,
    estimates.month_start
from estimates
inner join studies on estimates.exposure_id = studies.exposure_id
inner join outcomes on estimates.outcome_id = outcomes.outcome_id
inner join claims on estimates.claim_kind = claims.claim_kind
