-- Which one partner a customer's support is told under in a month, so that tickets stay whole and partners sum to the
-- vendor: the one that most of its MRR is credited to at the month's end.
with

asked as (
    select distinct
        facts.customer_id,
        facts.month_start,
        months.month_end as on_date
    from {{ ref('int_support__facts') }} as facts
    inner join {{ ref('int_months') }} as months on facts.month_start = months.month_start
    where facts.customer_id is not null
),

customer_mrr as (
    select
        customer_id,
        partner_id,
        month_start,
        sum(mrr) as mrr
    from {{ ref('int_mrr__customer_months') }}
    group by customer_id, partner_id, month_start
),

by_mrr as (
    select
        *,
        row_number() over (partition by customer_id, month_start order by mrr desc, partner_id asc) as place
    from customer_mrr
),

-- a customer that has no MRR yet, or none any more
of_record as (
    with
    {{ partners_of_record_of_asked() | indent(4) }}
)

select
    asked.customer_id,
    coalesce(by_mrr.partner_id, of_record.partner_id, 'direct') as partner_id,
    asked.month_start
from asked
left join by_mrr
    on asked.customer_id = by_mrr.customer_id and asked.month_start = by_mrr.month_start and by_mrr.place = 1
left join of_record
    on asked.customer_id = of_record.customer_id and asked.on_date = of_record.on_date and of_record.takes_remainder
