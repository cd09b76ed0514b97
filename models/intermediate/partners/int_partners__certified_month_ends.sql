-- What each partner has at the end of each month, closed months as they were closed. A partner of a closed month
-- that today's data no longer knows goes on with nothing, so that the correction has a bridge to stand in.
with

certified_months as (
    {{ as_certified(
        'partner_mrr_monthly',
        ref('int_partners__month_ends'),
        ['partner_id', 'closing_mrr', 'mrr_at_risk', 'customers', 'month_start'],
        from_first_closing=true
    ) }}
),

months as (
    select * from {{ ref('int_months') }}
),

spans as (
    select
        partner_id,
        min(month_start) as first_month
    from certified_months
    group by partner_id
),

gaps as (
    select
        spans.partner_id,
        months.month_start
    from spans
    inner join months on spans.first_month <= months.month_start
    left join certified_months
        on spans.partner_id = certified_months.partner_id and months.month_start = certified_months.month_start
    where certified_months.partner_id is null
)

select * from certified_months
union all
select
    partner_id,
    {{ money('0') }} as closing_mrr,
    {{ money('0') }} as mrr_at_risk,
    cast(0 as bigint) as customers,
    month_start
from gaps
