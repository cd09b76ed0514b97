-- MRR in force at the end of a month on subscriptions whose payment is past due.
with

pieces as (
    select * from {{ ref('int_mrr__shared_intervals') }}
    where is_at_risk
),

months as (
    select * from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

valued as (
    select
        pieces.subscription_item_id,
        pieces.share_set_id,
        months.month_start,
        {{ in_reporting_currency('pieces.mrr', 'rates') }} as mrr
    from pieces
    inner join months on pieces.from_date <= months.month_end and pieces.to_date > months.month_end
    inner join rates on pieces.currency = rates.currency and months.month_start = rates.month_start
),

allocated as (
    {{ allocate_to_partners('valued', ['subscription_item_id', 'month_start'], ['mrr']) }}
)

select
    partner_id,
    sum(partner_mrr) as mrr_at_risk,
    month_start
from allocated
group by partner_id, month_start
