-- The months that each partner is shown in, and (without a partner) the vendor: from its first MRR, signed deal or
-- invoiced revenue to the last complete month, without gaps.
with

months as (
    select * from {{ ref('int_months') }}
),

seen as (
    select
        partner_id,
        month_start
    from {{ ref('int_mrr__partner_months') }}
    union
    select
        partner_id,
        month_start
    from {{ ref('int_growth__signed_values') }}
    union
    select
        partner_id,
        month_start
    from {{ ref('int_growth__revenue_parts') }}
    union
    select
        partner_id,
        month_start
    from {{ ref('int_growth__contracted_changes') }}
),

spans as (
    select
        partner_id,
        min(month_start) as first_month
    from seen
    group by grouping sets ((partner_id), ())
)

select
    spans.partner_id,
    months.month_start
from spans
inner join months on spans.first_month <= months.month_start
