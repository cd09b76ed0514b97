-- What a partner's people did in the portal in each month, beside talking: log-ins, the people behind them, and deals that were
-- registered or decided in it. A row a partner and month in which there was any. A deal that was won, lost or refused without a
-- day of it counts in no month.
with

logins as (
    select
        partner_id,
        person_id,
        {{ month_of(local_date('logged_in_at')) }} as month_start
    from {{ ref('input_portal_logins') }}
),

registrations as (
    select
        partner_id,
        registration_status,
        {{ month_of(local_date('submitted_at')) }} as submitted_month,
        {{ month_of(local_date('case registration_status when \'rejected\' then coalesce(decided_at, closed_at) else closed_at end')) }}
            as decided_month
    from {{ ref('input_deal_registrations') }}
),

happened as (
    select
        partner_id,
        month_start,
        count(*) as portal_logins,
        count(distinct person_id) as portal_people,
        0 as deals_registered,
        0 as deals_won,
        0 as deals_lost,
        0 as deals_rejected,
        0 as deals_expired
    from logins
    group by partner_id, month_start
    union all
    select
        partner_id,
        submitted_month as month_start,
        0 as portal_logins,
        0 as portal_people,
        count(*) as deals_registered,
        0 as deals_won,
        0 as deals_lost,
        0 as deals_rejected,
        0 as deals_expired
    from registrations
    group by partner_id, submitted_month
    union all
    select
        partner_id,
        decided_month as month_start,
        0 as portal_logins,
        0 as portal_people,
        0 as deals_registered,
        sum(case when registration_status = 'won' then 1 else 0 end) as deals_won,
        sum(case when registration_status = 'lost' then 1 else 0 end) as deals_lost,
        sum(case when registration_status = 'rejected' then 1 else 0 end) as deals_rejected,
        sum(case when registration_status = 'expired' then 1 else 0 end) as deals_expired
    from registrations
    where decided_month is not null
    group by partner_id, decided_month
)

select
    partner_id,
    sum(portal_logins) as portal_logins,
    sum(portal_people) as portal_people,
    sum(deals_registered) as deals_registered,
    sum(deals_won) as deals_won,
    sum(deals_lost) as deals_lost,
    sum(deals_rejected) as deals_rejected,
    sum(deals_expired) as deals_expired,
    month_start
from happened
group by partner_id, month_start
