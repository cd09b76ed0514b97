-- The growth metrics of partners and (without a partner) of the vendor, each formula once. A ratio that cannot be
-- given is empty, with the reason beside it.
with

months as (
    select
        *,
        case
            when window_months < {{ var('churn_window_months') }} then 'short_history'
            when window_opening_customers = 0 then 'no_customers'
        end as churn_rate_null_reason,
        case when customers = 0 then 'no_customers' end as arpa_null_reason,
        -- the average customer stays as long as churn lets it, at most so many months
        window_churned_customers * {{ var('ltv_max_lifetime_months') }} < window_opening_customers as is_ltv_capped
    from {{ ref('int_growth__months') }}
)

select
    partner_id,
    case when lost_mrr = 0 then 'no_losses' end as quick_ratio_null_reason,
    churn_rate_null_reason,
    arpa_null_reason,
    coalesce(arpa_null_reason, churn_rate_null_reason) as ltv_null_reason,
    case when opening_customers = 0 then 'no_opening_customers' end as expansion_incidence_null_reason,
    case when decided_upsells = 0 then 'none_decided' end as upsell_success_null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('closing_mrr') }} as closing_mrr,
    {{ money('12 * closing_mrr') }} as arr,
    {{ money('signed_not_live_arr') }} as signed_not_live_arr,
    {{ money('12 * closing_mrr + signed_not_live_arr') }} as carr,
    {{ money('gained_mrr') }} as gained_mrr,
    {{ money('lost_mrr') }} as lost_mrr,
    case when lost_mrr > 0 then {{ portion('1', 'gained_mrr', 'nullif(lost_mrr, 0)') }} end as quick_ratio,
    cast(customers as bigint) as customers,
    cast(opening_customers as bigint) as opening_customers,
    cast(churned_customers as bigint) as churned_customers,
    case
        when churn_rate_null_reason is null
            then {{ portion('1', 'window_churned_customers', 'nullif(window_opening_customers, 0)') }}
    end as customer_churn_rate,
    {{ money(portion('closing_mrr', '1', 'nullif(customers, 0)')) }} as arpa,
    cast({{ var('gross_margin') }} as decimal(18, 6)) as gross_margin,
    {{ money(
        "case "
        ~ "when arpa_null_reason is not null or churn_rate_null_reason is not null then null "
        ~ "when is_ltv_capped then "
        ~ portion(times('closing_mrr', var('gross_margin')), var('ltv_max_lifetime_months'), 'nullif(customers, 0)')
        ~ " else "
        ~ portion(
            times('closing_mrr', var('gross_margin')),
            'window_opening_customers',
            'nullif(customers * window_churned_customers, 0)'
        )
        ~ " end"
    ) }} as ltv,
    cast(expanded_customers as bigint) as expanded_customers,
    {{ portion('1', 'expanded_customers', 'nullif(opening_customers, 0)') }} as expansion_incidence,
    cast(decided_upsells as bigint) as decided_upsells,
    cast(won_upsells as bigint) as won_upsells,
    {{ portion('1', 'won_upsells', 'nullif(decided_upsells, 0)') }} as upsell_success_rate,
    arpa_null_reason is null and churn_rate_null_reason is null and is_ltv_capped as is_ltv_capped,
    month_start
from months
