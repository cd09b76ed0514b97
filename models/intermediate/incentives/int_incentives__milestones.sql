-- The first day on which a customer had so much of a product in use as a rule asks for, credited to the partners of
-- record of that day by their shares: a milestone is one, however many partners share it. A row a rule, customer,
-- product and partner. With a deadline only what happened in time counts.
with

items as (
    select
        subscription_item_id,
        subscription_id,
        customer_id,
        product_id,
        from_date,
        to_date
    from {{ ref('int_subscription_items__in_force') }}
),

starts as (
    select
        customer_id,
        product_id,
        min(from_date) as first_date
    from items
    group by customer_id, product_id
),

usage_days as (
    select * from {{ ref('input_product_usage') }}
    where seats_used > 0
),

rules as (
    select distinct
        rule_id,
        event,
        threshold,
        deadline_days
    from {{ ref('int_incentives__event_rules') }}
    where metric_id = 'milestones_reached' and event in ('adoption_reached', 'first_use')
),

share_sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

members as (
    select * from {{ ref('int_share_set_members') }}
),

roles as (
    select * from {{ ref('int_partners__customer_roles') }}
),

months as (
    select * from {{ ref('int_months') }}
),

item_days as (
    select
        usage_days.subscription_item_id,
        rules.rule_id,
        min(usage_days.usage_date) as reached_on
    from usage_days
    cross join rules
    where
        rules.event = 'first_use'
        or usage_days.seats_used >= rules.threshold * cast(usage_days.seats_bought as decimal(18, 0))
    group by usage_days.subscription_item_id, rules.rule_id
),

reached as (
    select
        rules.rule_id,
        rules.event,
        items.subscription_id,
        items.customer_id,
        items.product_id,
        item_days.reached_on,
        row_number() over (
            partition by rules.rule_id, items.customer_id, items.product_id
            order by item_days.reached_on, items.subscription_item_id
        ) as place,
        rules.deadline_days
    from item_days
    inner join rules on item_days.rule_id = rules.rule_id
    inner join items
        on
            item_days.subscription_item_id = items.subscription_item_id
            and item_days.reached_on >= items.from_date
            and item_days.reached_on < items.to_date
),

first_days as (
    select
        reached.*,
        coalesce(share_sets.share_set_id, 'direct') as share_set_id
    from reached
    inner join starts on reached.customer_id = starts.customer_id and reached.product_id = starts.product_id
    left join share_sets
        on
            reached.subscription_id = share_sets.subscription_id
            and reached.reached_on >= share_sets.from_date
            and reached.reached_on < share_sets.to_date
    where
        reached.place = 1
        and (
            reached.deadline_days is null
            or reached.reached_on <= {{ dbt.dateadd('day', 'reached.deadline_days', 'starts.first_date') }}
        )
)

select
    first_days.rule_id,
    first_days.event,
    members.partner_id,
    first_days.customer_id,
    first_days.product_id,
    coalesce(roles.partner_role, 'direct') as partner_role,
    {{ money('members.share') }} as milestones,
    first_days.reached_on,
    months.month_start
from first_days
inner join months on {{ month_of('first_days.reached_on') }} = months.month_start
inner join members on first_days.share_set_id = members.share_set_id
left join roles on members.partner_id = roles.partner_id and first_days.customer_id = roles.customer_id
