-- Guards the program owner's first question: the natures of a payout are all of it, line by line and as shares, and no line was
-- left out because nobody knew its exchange rate.
with

lines as (
    select sum(case when rates.rate is null then 1 else 0 end) as lines_without_rate
    from {{ ref('partner_incentive_statement_lines') }} as lines
    inner join {{ ref('int_months') }} as months on lines.posted_period = months.month_start
    left join {{ ref('int_exchange_rates__month_end') }} as rates
        on lines.currency = rates.currency and lines.posted_period = rates.month_start
),

parts as (
    select * from {{ ref('program_payouts_monthly') }}
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
