{{ config(schema='certified') }}
-- How each customer is doing at the end of each month: its score, its band, and how likely customers of that band have been
-- to leave. A row a customer with MRR and month; only what was known then counts.
with

scores as (
    select * from {{ ref('int_health__scores') }}
),

risks as (
    select * from {{ ref('int_health__risks') }}
),

partner_parts as (
    select * from {{ ref('int_health__customer_partners') }}
),

-- rounded by partner, so that partners sum to customers
lost as (
    select
        partner_parts.customer_id,
        partner_parts.month_start,
        sum({{ times('partner_parts.mrr', 'risks.churn_risk', type_money()) }}) as expected_lost_mrr
    from partner_parts
    inner join scores
        on partner_parts.customer_id = scores.customer_id and partner_parts.month_start = scores.month_start
    inner join risks on scores.health_band = risks.health_band and scores.month_start = risks.month_start
    where risks.churn_risk is not null
    group by partner_parts.customer_id, partner_parts.month_start
)

select
    scores.customer_id,
    scores.health_band,
    scores.score_null_reason,
    case when scores.health_band is null then 'no_score' else risks.churn_risk_null_reason end as churn_risk_null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    scores.health_score,
    scores.coverage,
    {{ money('scores.mrr') }} as mrr,
    risks.churn_risk,
    {{ money('lost.expected_lost_mrr') }} as expected_lost_mrr,
    coalesce(risks.is_at_churn_risk, false) as is_at_churn_risk,
    scores.month_start
from scores
left join risks on scores.health_band = risks.health_band and scores.month_start = risks.month_start
left join lost on scores.customer_id = lost.customer_id and scores.month_start = lost.month_start
