-- Guards forward MRR of the vendor, which is the sum of its partners: what is known to end, valued item by item before
-- anything is split, is what the partners' rows add up to.
{{ config(meta={'dagster': {'ref': {'name': 'int_growth__partner_forward_months'}}}) }}
with

items as (
    select
        ending.month_start,
        ending.horizon_months,
        sum({{ in_reporting_currency('intervals.mrr', 'rates') }}) as scheduled_churn_mrr
    from {{ ref('int_growth__ending_subscriptions') }} as ending
    inner join {{ ref('int_mrr__bridged_intervals') }} as intervals
        on
            ending.subscription_id = intervals.subscription_id
            and ending.month_end >= intervals.from_date
            and ending.month_end < intervals.to_date
    inner join {{ ref('int_exchange_rates__month_end') }} as rates
        on intervals.currency = rates.currency and ending.month_start = rates.month_start
    group by ending.month_start, ending.horizon_months
),

partners as (
    select
        month_start,
        horizon_months,
        sum(scheduled_churn_mrr) as scheduled_churn_mrr
    from {{ ref('int_growth__partner_forward_months') }}
    group by month_start, horizon_months
)

select
    partners.month_start,
    partners.horizon_months,
    items.scheduled_churn_mrr as of_items,
    partners.scheduled_churn_mrr as of_partners
from partners
left join items on partners.month_start = items.month_start and partners.horizon_months = items.horizon_months
where partners.scheduled_churn_mrr <> coalesce(items.scheduled_churn_mrr, 0)
