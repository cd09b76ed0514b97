-- The periods that regular lines bill, of items that a discount may lower: until the next line starts, where a period
-- was cut short.
with

lines as (
    select * from {{ ref('input_invoice_lines') }}
    where is_regular and is_live and subscription_item_id is not null
),

not_issued as (
    select invoice_id from {{ ref('input_invoices') }}
    where not is_issued
),

discounts as (
    select * from {{ ref('int_discounts__distinct') }}
    where not is_one_time
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

targets as (
    select
        subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id
    from discounts
    where scope = 'subscription'
    union
    select
        subscriptions.subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id
    from subscriptions
    inner join discounts on subscriptions.billing_account_id = discounts.billing_account_id
    union
    select
        cast(null as {{ dbt.type_string() }}) as subscription_id,
        subscription_item_id
    from discounts
    where scope = 'subscription_item'
),

-- the tiers of one price are lines of one period
periods as (
    select
        lines.subscription_item_id,
        {{ local_date('lines.period_started_at') }} as from_date,
        min(lines.period_started_at) as period_started_at,
        max({{ local_date('lines.period_ends_at') }}) as ends_on
    from lines
    left join targets as by_subscription on lines.subscription_id = by_subscription.subscription_id
    left join targets as by_item on lines.subscription_item_id = by_item.subscription_item_id
    left join not_issued on lines.invoice_id = not_issued.invoice_id
    where
        not_issued.invoice_id is null
        and coalesce(by_subscription.subscription_id, by_item.subscription_item_id) is not null
    group by lines.subscription_item_id, {{ local_date('lines.period_started_at') }}
),

followed as (
    select
        *,
        lead(from_date) over (partition by subscription_item_id order by from_date) as next_from_date
    from periods
)

select
    subscription_item_id,
    period_started_at,
    from_date,
    least(ends_on, coalesce(next_from_date, ends_on)) as to_date,
    {{ dbt.datediff('from_date', 'ends_on', 'day') }} > 31 as is_long
from followed
