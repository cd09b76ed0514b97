-- The months in which each partner is in the program, and the days that are looked at in each: a row a partner and month,
-- from the month in which it joined, or from the first sign of it, to the month in which it left; and later months with a sign.
with

partners as (
    select * from {{ ref('input_partners') }}
),

months as (
    select * from {{ ref('int_months') }}
),

rules as (
    select * from {{ ref('int_engagement__rules') }}
),

first_messages as (
    select min({{ local_date('sent_at') }}) as first_message_on from {{ ref('input_partner_messages') }}
),

signs as (
    select
        partner_id,
        {{ local_date('sent_at') }} as on_date
    from {{ ref('input_partner_messages') }}
    union all
    select
        partner_id,
        {{ local_date('logged_in_at') }} as on_date
    from {{ ref('input_portal_logins') }}
    union all
    select
        partner_id,
        {{ local_date('submitted_at') }} as on_date
    from {{ ref('input_deal_registrations') }}
    union all
    select
        partner_id,
        {{ local_date('enrolled_at') }} as on_date
    from {{ ref('input_trainings') }}
),

firsts as (
    select
        partner_id,
        min(on_date) as first_on
    from signs
    group by partner_id
),

spans as (
    select
        partners.partner_id,
        least(
            coalesce({{ local_date('partners.joined_at') }}, {{ open_end() }}), coalesce(firsts.first_on, {{ open_end() }})
        ) as first_on,
        coalesce({{ local_date('partners.terminated_at') }}, {{ open_end() }}) as last_on
    from partners
    left join firsts on partners.partner_id = firsts.partner_id
),

present as (
    select
        spans.partner_id,
        months.month_start
    from spans
    inner join months on spans.first_on <= months.month_end and spans.last_on >= months.month_start
    union
    select
        partners.partner_id,
        {{ month_of('signs.on_date') }} as month_start
    from signs
    inner join partners on signs.partner_id = partners.partner_id
)

select
    present.partner_id,
    months.month_end,
    {{ add_months('months.month_start', '1 - rules.window_months') }} as window_start,
    -- before the first message of all partners, nobody knows whether anybody wrote
    coalesce(first_messages.first_message_on <= months.month_end, false) as has_known_messages,
    months.month_start
from present
inner join months on present.month_start = months.month_start
cross join rules
cross join first_messages
