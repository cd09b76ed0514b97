-- MRR in force at a month's end on subscriptions that were then known to end within a horizon, a row a partner,
-- month and horizon.
with

ending as (
    select * from {{ ref('int_growth__ending_subscriptions') }}
),

intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

pieces as (
    select * from {{ ref('int_mrr__shared_intervals') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

valued as (
    select
        pieces.subscription_item_id,
        pieces.share_set_id,
        ending.horizon_months,
        {{ in_reporting_currency('pieces.mrr', 'rates') }} as mrr,
        ending.month_start
    from ending
    inner join intervals on ending.subscription_id = intervals.subscription_id
    inner join pieces
        on
            intervals.subscription_item_id = pieces.subscription_item_id
            and intervals.interval_number = pieces.interval_number
            and ending.month_end >= pieces.from_date
            and ending.month_end < pieces.to_date
    inner join rates on pieces.currency = rates.currency and ending.month_start = rates.month_start
),

allocated as (
    {{ allocate_to_partners('valued', ['subscription_item_id', 'month_start', 'horizon_months'], ['mrr']) }}
)

select
    partner_id,
    horizon_months,
    sum(partner_mrr) as scheduled_churn_mrr,
    month_start
from allocated
group by partner_id, horizon_months, month_start
