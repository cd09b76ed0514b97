-- The role in which each partner is of record with each customer: of several, the one that began last.
with

associations as (
    select * from {{ ref('int_subscriptions__associations') }}
    where is_kept
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

ranked as (
    select
        associations.partner_id,
        subscriptions.customer_id,
        associations.partner_role,
        row_number() over (
            partition by associations.partner_id, subscriptions.customer_id
            order by associations.from_date desc, associations.split_percent desc, associations.association_id asc
        ) as recency
    from associations
    inner join subscriptions on associations.subscription_id = subscriptions.subscription_id
)

select
    partner_id,
    customer_id,
    partner_role
from ranked
where recency = 1
