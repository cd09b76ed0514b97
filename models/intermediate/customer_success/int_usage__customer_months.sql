-- How much each customer uses of what it bought, by product and partner of record, at the end of each month: the last day
-- of usage of each item that is in force then, credited by the shares of the partners. What nobody stands behind is direct.
with

months as (
    select * from {{ ref('int_months') }}
),

items as (
    select * from {{ ref('int_subscription_items__in_force') }}
),

month_ends as (
    select
        subscription_item_id,
        {{ month_of('usage_date') }} as month_start,
        max_by(seats_bought, usage_date) as seats_bought,
        max_by(seats_used, usage_date) as seats_used,
        -- a last day may be a Sunday: of people who use it, the busiest day counts
        max(active_users) as active_users
    from {{ ref('input_product_usage') }}
    group by subscription_item_id, {{ month_of('usage_date') }}
),

share_sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

members as (
    select * from {{ ref('int_share_set_members') }}
),

in_force as (
    select
        items.customer_id,
        items.product_id,
        items.subscription_id,
        month_ends.seats_bought,
        month_ends.seats_used,
        month_ends.active_users,
        months.month_start,
        months.month_end
    from month_ends
    inner join months on month_ends.month_start = months.month_start
    inner join items
        on
            month_ends.subscription_item_id = items.subscription_item_id
            and months.month_end >= items.from_date
            and months.month_end < items.to_date
)

select
    in_force.customer_id,
    in_force.product_id,
    coalesce(members.partner_id, 'direct') as partner_id,
    sum(in_force.seats_bought * coalesce(members.share, 1)) as seats_bought,
    sum(in_force.seats_used * coalesce(members.share, 1)) as seats_used,
    sum(in_force.active_users * coalesce(members.share, 1)) as active_users,
    in_force.month_start
from in_force
left join share_sets
    on
        in_force.subscription_id = share_sets.subscription_id
        and in_force.month_end >= share_sets.from_date
        and in_force.month_end < share_sets.to_date
left join members on share_sets.share_set_id = members.share_set_id
group by
    in_force.customer_id, in_force.product_id, coalesce(members.partner_id, 'direct'), in_force.month_start
