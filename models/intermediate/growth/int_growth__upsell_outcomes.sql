-- Upsell and cross-sell deals decided in the window that ends with each month, and how many were won: for each
-- partner of record on the day of the decision and (without a partner) for the vendor. A deal counts whole with
-- each partner, because each had it to win; so partners do not add up to the vendor.
with

decided as (
    select * from {{ ref('int_growth__decided_upsells') }}
),

members as (
    select * from {{ ref('int_growth__partners_of_record') }}
),

months as (
    select * from {{ ref('int_months') }}
),

credited as (
    select
        coalesce(members.partner_id, 'direct') as partner_id,
        decided.is_won,
        decided.close_date
    from decided
    left join members on decided.customer_id = members.customer_id and decided.close_date = members.on_date
    union all
    select
        cast(null as {{ dbt.type_string() }}) as partner_id,
        is_won,
        close_date
    from decided
)

select
    credited.partner_id,
    count(*) as decided_upsells,
    sum(case when credited.is_won then 1 else 0 end) as won_upsells,
    months.month_start
from credited
inner join months
    on
        credited.close_date <= months.month_end
        and credited.close_date >= {{ add_months('months.month_start', 1 - var('upsell_window_months')) }}
group by credited.partner_id, months.month_start
