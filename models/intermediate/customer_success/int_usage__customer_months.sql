-- How much each customer uses of what it bought, by product and partner of record, at the end of each month: the items that
-- are in force then, credited by the shares of the partners. What nobody stands behind is direct.
with

item_months as (
    select * from {{ ref('int_usage__item_months') }}
),

share_sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

members as (
    select * from {{ ref('int_share_set_members') }}
)

select
    item_months.customer_id,
    item_months.product_id,
    coalesce(members.partner_id, 'direct') as partner_id,
    sum(item_months.seats_bought * coalesce(members.share, 1)) as seats_bought,
    sum(item_months.seats_used * coalesce(members.share, 1)) as seats_used,
    sum(item_months.active_users * coalesce(members.share, 1)) as active_users,
    item_months.month_start
from item_months
left join share_sets
    on
        item_months.subscription_id = share_sets.subscription_id
        and item_months.month_end >= share_sets.from_date
        and item_months.month_end < share_sets.to_date
left join members on share_sets.share_set_id = members.share_set_id
group by
    item_months.customer_id, item_months.product_id, coalesce(members.partner_id, 'direct'), item_months.month_start
