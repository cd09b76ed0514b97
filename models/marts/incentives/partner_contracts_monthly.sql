{{ config(schema='certified') }}
-- What each partner signed and renewed: a row a partner and month in which there was anything to sign or renew, and every
-- later month, so that the rate of twelve months can be read in each.
with

months as (
    select * from {{ ref('int_months') }}
),

standard_rules as (
    select rule_id from {{ ref('int_incentives__event_rules') }}
    where program_version_id = 'standard' and metric_id = 'renewed_mrr'
),

deals as (
    select
        partner_id,
        month_start,
        sum(amount) as signed_contract_value,
        0 as won_registered_deals,
        0 as renewal_due_mrr,
        0 as renewal_kept_mrr,
        0 as renewed_mrr
    from {{ ref('int_incentives__deal_parts') }}
    group by partner_id, month_start
),

registered as (
    select
        registered_partner_id as partner_id,
        month_start,
        0 as signed_contract_value,
        count(distinct opportunity_id) as won_registered_deals,
        0 as renewal_due_mrr,
        0 as renewal_kept_mrr,
        0 as renewed_mrr
    from {{ ref('int_incentives__won_deals') }}
    where registered_partner_id is not null
    group by registered_partner_id, month_start
),

due as (
    select
        partner_id,
        term_month as month_start,
        0 as signed_contract_value,
        0 as won_registered_deals,
        sum(due_mrr) as renewal_due_mrr,
        sum(renewed_mrr) as renewal_kept_mrr,
        0 as renewed_mrr
    from {{ ref('int_incentives__renewals') }}
    where credited_by = 'term_end'
    group by partner_id, term_month
),

renewed as (
    select
        partner_id,
        month_start,
        0 as signed_contract_value,
        0 as won_registered_deals,
        0 as renewal_due_mrr,
        0 as renewal_kept_mrr,
        sum(renewed_mrr) as renewed_mrr
    from {{ ref('int_incentives__renewal_lines') }}
    where rule_id in (select standard_rules.rule_id from standard_rules)
    group by partner_id, month_start
),

happened as (
    select * from deals
    union all
    select * from registered
    union all
    select * from due
    union all
    select * from renewed
),

firsts as (
    select
        partner_id,
        min(month_start) as first_month
    from happened
    group by partner_id
),

spine as (
    select
        firsts.partner_id,
        months.month_start
    from months
    inner join firsts
        on months.month_start >= firsts.first_month
),

monthly as (
    select
        spine.partner_id,
        spine.month_start,
    {%- for figure in [
        'signed_contract_value', 'won_registered_deals', 'renewal_due_mrr', 'renewal_kept_mrr', 'renewed_mrr'
    ] %}
        coalesce(sum(happened.{{ figure }}), 0) as {{ figure }}{{ ',' if not loop.last }}
    {%- endfor %}
    from spine
    left join happened on spine.partner_id = happened.partner_id and spine.month_start = happened.month_start
    group by spine.partner_id, spine.month_start
),

yearly as (
    select
        *,
        sum(renewal_due_mrr) over last_year as renewal_due_mrr_12_months,
        sum(renewal_kept_mrr) over last_year as renewal_kept_mrr_12_months
    from monthly
    window last_year as (
        partition by partner_id order by month_start
        rows between 11 preceding and current row
    )
)

select
    partner_id,
    case when renewal_due_mrr_12_months = 0 then 'none_due' end as renewal_rate_null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('signed_contract_value') }} as signed_contract_value,
    {{ money('renewal_due_mrr') }} as renewal_due_mrr,
    {{ money('renewal_kept_mrr') }} as renewal_kept_mrr,
    {{ money('renewed_mrr') }} as renewed_mrr,
    {{ money('renewal_due_mrr_12_months') }} as renewal_due_mrr_12_months,
    {{ money('renewal_kept_mrr_12_months') }} as renewal_kept_mrr_12_months,
    cast({{ divided('renewal_kept_mrr_12_months', 'nullif(renewal_due_mrr_12_months, 0)') }} as decimal(18, 6))
        as renewal_rate_12_months,
    cast(won_registered_deals as bigint) as won_registered_deals,
    month_start
from yearly
