-- Guards every slice of MRR: customers, products and currencies add up to the closing MRR of each partner and
-- month, to the last digit.
{{ config(meta={'dagster': {'ref': {'name': 'customer_mrr_monthly'}}}) }}
with

finest as (
    select
        partner_id,
        month_start,
        sum(mrr) as mrr
    from {{ ref('customer_mrr_monthly') }}
    group by partner_id, month_start
),

partners as (
    select * from {{ ref('partner_mrr_monthly') }}
)

select
    coalesce(finest.partner_id, partners.partner_id) as partner_id,
    coalesce(finest.month_start, partners.month_start) as month_start,
    finest.mrr,
    partners.closing_mrr
from finest
full outer join partners on finest.partner_id = partners.partner_id and finest.month_start = partners.month_start
where coalesce(finest.mrr, 0) <> coalesce(partners.closing_mrr, 0)
