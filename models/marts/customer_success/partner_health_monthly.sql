{{ config(schema='certified') }}
-- How the customers of each partner are doing: a row a partner and month in which it has customers with MRR. A customer of
-- two partners is a customer of both; its MRR is divided, so that money sums to the vendor.
with

partner_parts as (
    select * from {{ ref('int_health__customer_partners') }}
),

health as (
    select * from {{ ref('customer_health_monthly') }}
),

parts as (
    select
        partner_parts.partner_id,
        partner_parts.customer_id,
        partner_parts.mrr,
        partner_parts.month_start,
        health.health_band,
        health.health_score,
        health.is_at_churn_risk,
        case when health.churn_risk is null then partner_parts.mrr else 0 end as unknown_risk_mrr,
        {{ times('partner_parts.mrr', 'health.churn_risk', type_money()) }} as expected_lost_mrr
    from partner_parts
    inner join health
        on partner_parts.customer_id = health.customer_id and partner_parts.month_start = health.month_start
)

select
    partner_id,
    case when count(health_score) = 0 then 'no_scores' end as mean_health_score_null_reason,
    case when count(expected_lost_mrr) = 0 then 'no_churn_risk' end as expected_lost_mrr_null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    cast(count(*) as bigint) as customers,
    {%- for band in ['healthy', 'watch', 'at_risk', 'leaving'] %}
        cast(sum(case when health_band = '{{ band }}' then 1 else 0 end) as bigint) as {{ band }}_customers,
    {%- endfor %}
    cast(sum(case when health_band is null then 1 else 0 end) as bigint) as unscored_customers,
    {{ money('sum(mrr)') }} as mrr,
    {{ money('sum(case when health_score is not null then mrr else 0 end)') }} as scored_mrr,
    -- what the mean is taken of: points times MRR
    {{ money('coalesce(sum(' ~ times('mrr', 'health_score', type_money()) ~ '), 0)') }} as health_points_mrr,
    cast({{ divided(
        'sum(' ~ times('mrr', 'health_score', type_money()) ~ ')',
        'nullif(sum(case when health_score is not null then mrr end), 0)'
    ) }} as decimal(18, 6)) as mean_health_score,
    {{ money('sum(case when is_at_churn_risk then mrr else 0 end)') }} as mrr_at_churn_risk,
    {{ money('sum(expected_lost_mrr)') }} as expected_lost_mrr,
    {{ money('sum(unknown_risk_mrr)') }} as unknown_risk_mrr,
    month_start
from parts
group by partner_id, month_start
