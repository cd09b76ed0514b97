{{ config(schema='certified') }}
-- Whether each partner's people are certified and its customers use what they bought: a row a partner and month, from the
-- first month in which there is anything of it to the last complete one.
with

months as (
    select * from {{ ref('int_months') }}
),

people as (
    select * from {{ ref('int_incentives__certified_people') }}
    where program_version_id = 'standard'
),

seats as (
    select * from {{ ref('int_incentives__seats_monthly') }}
),

standard_rules as (
    select distinct
        event,
        rule_id
    from {{ ref('int_incentives__event_rules') }}
    where program_version_id = 'standard'
),

milestones as (
    select
        milestones.partner_id,
        milestones.month_start,
        sum(case when milestones.event = 'adoption_reached' then milestones.milestones else 0 end) as milestones_reached,
        sum(case when milestones.event = 'first_use' then milestones.milestones else 0 end) as first_uses
    from {{ ref('int_incentives__milestones') }} as milestones
    inner join standard_rules on milestones.rule_id = standard_rules.rule_id
    group by milestones.partner_id, milestones.month_start
),

seen as (
    select
        partner_id,
        month_start
    from people
    union
    select
        partner_id,
        month_start
    from seats
    union
    select
        partner_id,
        month_start
    from milestones
),

firsts as (
    select
        partner_id,
        min(month_start) as first_month
    from seen
    group by partner_id
),

spine as (
    select
        firsts.partner_id,
        months.month_start
    from months
    inner join firsts
        on months.month_start >= firsts.first_month
)

select
    spine.partner_id,
    case when coalesce(seats.seats_bought, 0) = 0 then 'no_seats' end as adoption_rate_null_reason,
    cast(coalesce(people.certified_people, 0) as bigint) as certified_people,
    cast(coalesce(people.certificates, 0) as bigint) as certificates,
    {{ money('coalesce(seats.seats_bought, 0)') }} as seats_bought,
    {{ money('coalesce(seats.seats_used, 0)') }} as seats_used,
    {{ money('coalesce(seats.active_users, 0)') }} as active_users,
    cast({{ divided('seats.seats_used', 'nullif(seats.seats_bought, 0)') }} as decimal(18, 6)) as adoption_rate,
    {{ money('coalesce(milestones.milestones_reached, 0)') }} as milestones_reached,
    {{ money('coalesce(milestones.first_uses, 0)') }} as first_uses,
    spine.month_start
from spine
left join people on spine.partner_id = people.partner_id and spine.month_start = people.month_start
left join seats on spine.partner_id = seats.partner_id and spine.month_start = seats.month_start
left join milestones on spine.partner_id = milestones.partner_id and spine.month_start = milestones.month_start
