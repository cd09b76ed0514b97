-- Which people are paid for a customer of a partner in a month, where a lever pays people: the partner's person who
-- registered the newest deal with the customer that was approved by then, the vendor's account manager of the customer as
-- the CRM has it now, and the support agents who solved its tickets in the month, equally. Where there is nobody there is
-- no row. Shares of a partner, customer, role and month sum to one.
with

paying as (
    select distinct
        program_version_id,
        pay_binding_id
    from {{ ref('levers') }}
    where payee <> 'company'
),

served as (
    select distinct
        lines.partner_id,
        lines.customer_id,
        lines.month_start
    from {{ ref('int_incentives__snapshot_lines') }} as lines
    inner join paying
        on lines.program_version_id = paying.program_version_id and lines.binding_id = paying.pay_binding_id
    where lines.customer_id is not null
),

months as (
    select * from {{ ref('int_months') }}
),

registrations as (
    select
        partner_id,
        customer_id,
        person_id,
        deal_registration_id,
        {{ local_date('coalesce(decided_at, submitted_at)') }} as approved_on
    from {{ ref('input_deal_registrations') }}
    where registration_status in ('approved', 'won', 'lost', 'expired') and person_id is not null
),

customers as (
    select * from {{ ref('input_customers') }}
),

agents as (
    select * from {{ ref('input_support_users') }}
    where is_agent and person_id is not null
),

tickets as (
    select * from {{ ref('input_tickets') }}
),

solvers as (
    select distinct
        tickets.customer_id,
        agents.person_id,
        {{ month_of(local_date('events.changed_at')) }} as month_start
    from {{ ref('input_ticket_events') }} as events
    inner join tickets on events.ticket_id = tickets.ticket_id
    inner join agents on events.changed_by_user_id = agents.support_user_id
    where events.field_name = 'status' and events.new_value = 'solved'
),

registrants as (
    select
        served.partner_id,
        served.customer_id,
        registrations.person_id,
        served.month_start,
        row_number() over (
            partition by served.partner_id, served.customer_id, served.month_start
            order by registrations.approved_on desc, registrations.deal_registration_id desc
        ) as place
    from served
    inner join months on served.month_start = months.month_start
    inner join registrations
        on
            served.partner_id = registrations.partner_id
            and served.customer_id = registrations.customer_id
            and months.month_end >= registrations.approved_on
),

people as (
    select
        partner_id,
        customer_id,
        'partner_staff' as role,
        person_id,
        month_start
    from registrants
    where place = 1
    union all
    select
        served.partner_id,
        served.customer_id,
        'account_manager' as role,
        customers.account_manager_id as person_id,
        served.month_start
    from served
    inner join customers on served.customer_id = customers.customer_id
    where customers.account_manager_id is not null
    union all
    select
        served.partner_id,
        served.customer_id,
        'customer_support' as role,
        solvers.person_id,
        served.month_start
    from served
    inner join solvers on served.customer_id = solvers.customer_id and served.month_start = solvers.month_start
),

counted as (
    select
        *,
        count(*) over (partition by partner_id, customer_id, role, month_start) as people,
        row_number() over (partition by partner_id, customer_id, role, month_start order by person_id) as place
    from people
)

select
    partner_id,
    customer_id,
    role,
    person_id,
    -- what rounding leaves goes to the first
    cast(
        case
            when place = 1 then 1 - (people - 1) * {{ scaled('1', '1', 'people') }}
            else {{ scaled('1', '1', 'people') }}
        end
        as decimal(18, 6)
    ) as share,
    month_start
from counted
