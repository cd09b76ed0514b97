-- The gross monthly rate of each item while its subscription counts. Licences that are given away and test
-- mode stay out, by the flag on the subscription.
with

rates as (
    select * from {{ ref('int_subscription_items__gross_intervals') }}
),

statuses as (
    select * from {{ ref('int_subscriptions__status_intervals') }}
    where is_counting
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
    where exclusion_reason is null
),

overlapping as (
    select
        rates.*,
        subscriptions.customer_id,
        statuses.is_at_risk,
        statuses.is_resumed,
        statuses.is_trial_conversion,
        statuses.ended_by,
        statuses.from_date as status_from_date,
        statuses.to_date as status_to_date,
        greatest(rates.from_date, statuses.from_date) as overlap_from_date,
        least(rates.to_date, statuses.to_date) as overlap_to_date
    from rates
    inner join subscriptions on rates.subscription_id = subscriptions.subscription_id
    inner join statuses
        on
            rates.subscription_id = statuses.subscription_id
            and rates.from_date < statuses.to_date
            and rates.to_date > statuses.from_date
)

select
    subscription_item_id,
    subscription_id,
    customer_id,
    product_id,
    price_id,
    currency,
    billing_interval,
    evidence,
    case when overlap_to_date = status_to_date then ended_by end as ended_by,
    numerator,
    denominator,
    quantity,
    gross_mrr,
    is_escalator,
    is_at_risk,
    is_resumed and overlap_from_date = status_from_date as is_resumed,
    is_trial_conversion and overlap_from_date = status_from_date as is_trial_conversion,
    overlap_from_date as from_date,
    overlap_to_date as to_date
from overlapping
