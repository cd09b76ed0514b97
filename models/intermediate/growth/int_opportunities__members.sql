-- Who serves a customer in a month, and with which share of its certified MRR: held as each product, and held as
-- `customer`, the whole of it. Shares of a customer that has left are those of the associations of record.
with

mrr as (
    select
        customer_id,
        product_id,
        partner_id,
        sum(mrr) as mrr,
        month_start
    from {{ ref('customer_mrr_monthly') }}
    group by grouping sets (
        (customer_id, product_id, partner_id, month_start), (customer_id, partner_id, month_start)
    )
),

months as (
    select * from {{ ref('int_months') }}
),

lost as (
    select * from {{ ref('int_opportunities__lost_members') }}
),

shares as (
    select
        customer_id,
        coalesce(product_id, 'customer') as held_as,
        partner_id,
        {{ portion('1', 'mrr', 'sum(mrr) over (partition by customer_id, product_id, month_start)') }} as share,
        month_start
    from mrr
    where mrr > 0
)

select
    customer_id,
    held_as,
    partner_id,
    share,
    row_number() over (
        partition by customer_id, held_as, month_start order by share desc, partner_id asc
    ) = 1 as takes_remainder,
    month_start
from shares
union all
select
    lost.customer_id,
    'customer' as held_as,
    lost.partner_id,
    cast(lost.share as decimal(18, 6)) as share,
    lost.takes_remainder,
    months.month_start
from lost
inner join months on lost.on_date = months.month_end
