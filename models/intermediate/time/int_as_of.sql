-- The moment that the raw data speaks for. Never the clock: the same data gives the same warehouse.
with

subscriptions as (  -- noqa: ST03
    select max(synced_at) as synced_at from {{ ref('input_subscriptions') }}
),

items as (  -- noqa: ST03
    select max(synced_at) as synced_at from {{ ref('input_subscription_items') }}
),

latest as (
    {%- if var('as_of') %}
        select cast('{{ var("as_of") }}' as timestamp) as as_of_at
    {%- else %}
        select
            greatest(
                coalesce(subscriptions.synced_at, items.synced_at), coalesce(items.synced_at, subscriptions.synced_at)
            ) as as_of_at
        from subscriptions
        cross join items
    {%- endif %}
)

select
    as_of_at,
    {{ local_date('as_of_at') }} as as_of_date,
    {{ add_months(month_of(local_date('as_of_at')), -1) }} as last_complete_month
from latest
