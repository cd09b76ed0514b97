-- Upsell and cross-sell deals decided in the window that ends with each month, by partner of record on the day of the
-- decision, as the upsell success rate counts them: apart by whether the deal answers an opportunity that was shown to
-- that partner.
with

decided as (
    select * from {{ ref('int_growth__decided_upsells') }}
),

members as (
    select * from {{ ref('int_growth__partners_of_record') }}
),

answers as (
    select distinct
        partner_id,
        opportunity_id
    from {{ ref('int_opportunities__answers') }}
),

months as (
    select * from {{ ref('int_months') }}
),

credited as (
    select
        decided.opportunity_id,
        coalesce(members.partner_id, 'direct') as partner_id,
        case when decided.is_won then 1 else 0 end as is_won,
        decided.close_date
    from decided
    left join members on decided.customer_id = members.customer_id and decided.close_date = members.on_date
)

select
    credited.partner_id,
    count(answers.opportunity_id) as feed_decided_upsells,
    sum(case when answers.opportunity_id is not null then credited.is_won else 0 end) as feed_won_upsells,
    count(*) - count(answers.opportunity_id) as other_decided_upsells,
    sum(case when answers.opportunity_id is null then credited.is_won else 0 end) as other_won_upsells,
    months.month_start
from credited
left join answers on credited.partner_id = answers.partner_id and credited.opportunity_id = answers.opportunity_id
inner join months
    on
        credited.close_date <= months.month_end
        and credited.close_date >= {{ add_months('months.month_start', 1 - var('upsell_window_months')) }}
group by credited.partner_id, months.month_start
