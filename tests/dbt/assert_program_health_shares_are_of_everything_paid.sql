-- Guards the program owner's first question: the natures of a payout are all of it, line by line and as shares, no line was left
-- out because nobody knew its exchange rate, and what roles are rewarded with is the same payout.
{{ config(meta={'dagster': {'ref': {'name': 'program_health_monthly'}}}) }}
with

lines as (
    select sum(case when rates.currency is null then 1 else 0 end) as lines_without_rate
    from {{ ref('partner_incentive_statement_lines') }} as lines
    inner join {{ ref('int_months') }} as months on lines.posted_period = months.month_start
    left join {{ ref('int_exchange_rates__month_end') }} as rates
        on lines.currency = rates.currency and lines.posted_period = rates.month_start
    where lines.payee_id <> 'unassigned'
),

parts as (
    select * from {{ ref('program_payouts_monthly') }}
),

rewards as (
    select
        gaps.role_id,
        gaps.reward_amount,
        coalesce(sum(parts.payout), 0) as payout,
        gaps.month_start
    from {{ ref('reward_gap_monthly') }} as gaps
    left join parts
        on
            gaps.role_id = parts.payee_kind
            and parts.month_start between {{ add_months('gaps.month_start', -11) }} and gaps.month_start
    where gaps.is_default_rule
    group by gaps.role_id, gaps.reward_amount, gaps.month_start
),

shares as (
    select
        month_start,
        sum(value) as all_shares,
        count(value) as shares
    from {{ ref('program_health_monthly') }}
    where measure_id in ('payout_share_lasting_value', 'payout_share_direct_revenue', 'payout_share_unclassified')
    group by month_start
)

select 'lines without an exchange rate' as problem
from lines
where lines_without_rate > 0
union all
select 'parts that are not the payout' as problem
from parts
where lasting_value_payout + direct_revenue_payout + unclassified_payout <> payout
union all
-- each share is rounded to six places
select 'shares that are not one' as problem
from shares
where shares not in (0, 3) or abs(coalesce(all_shares, 1) - 1) > 0.000002
union all
select 'rewards of roles that are not the payout' as problem
from rewards
where reward_amount <> payout
