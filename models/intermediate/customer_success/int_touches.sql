-- Every time that somebody had to do with a customer: a row a person and a call, e-mail, meeting or public answer to a
-- ticket. A meeting that the vendor's and a partner's person held together is a touch of both.
with

activities as (
    select * from {{ ref('input_activities') }}
),

comments as (
    select * from {{ ref('input_ticket_comments') }}
),

tickets as (
    select * from {{ ref('input_tickets') }}
),

-- an activity about a partner's own company is no work with a customer
customers as (
    select * from {{ ref('input_customers') }}
    where not is_partner_account
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

roles as (
    select * from {{ ref('contribution_roles') }}
),

people as (
    select
        people.person_id,
        people.crm_contact_id,
        case when people.person_type = 'partner' then 'partner_staff' else roles.role_id end as role_id
    from {{ ref('input_people') }} as people
    left join roles on people.role_class = roles.role_class and people.person_type = 'vendor'
),

partner_contacts as (
    select
        crm_contact_id,
        min(person_id) as person_id
    from people
    where role_id = 'partner_staff' and crm_contact_id is not null
    group by crm_contact_id
),

done as (
    select
        *,
        coalesce(meeting_purpose, activity_kind) as touch_kind
    from activities
    where is_done
),

took_part as (
    select
        activity_id,
        customer_id,
        owner_person_id as person_id,
        touch_kind,
        activity_date
    from done
    union
    select
        done.activity_id,
        done.customer_id,
        partner_contacts.person_id,
        done.touch_kind,
        done.activity_date
    from done
    inner join partner_contacts on done.contact_id = partner_contacts.crm_contact_id
),

touches as (
    select
        took_part.customer_id,
        people.role_id,
        took_part.person_id,
        took_part.touch_kind,
        'activity' as source_type,
        took_part.activity_id as source_id,
        took_part.activity_date as touched_on
    from took_part
    inner join people on took_part.person_id = people.person_id
    where people.role_id is not null
    union all
    -- whoever answers as an agent does the work of support, unless the person has a role of its own
    select
        tickets.customer_id,
        coalesce(people.role_id, 'customer_support') as role_id,
        comments.author_person_id as person_id,
        case when tickets.ticket_type = 'question' then 'knowledge_answer' else 'ticket_reply' end as touch_kind,
        'ticket_comment' as source_type,
        comments.comment_id as source_id,
        {{ local_date('comments.created_at') }} as touched_on
    from comments
    inner join tickets on comments.ticket_id = tickets.ticket_id
    left join people on comments.author_person_id = people.person_id
    where comments.is_by_agent and comments.is_public and not tickets.is_deleted
)

select
    touches.source_type || ':' || touches.source_id || ':' || touches.person_id as touch_id,
    touches.customer_id,
    touches.role_id,
    touches.person_id,
    touches.touch_kind,
    touches.source_type,
    touches.source_id,
    touches.touched_on,
    {{ month_of('touches.touched_on') }} as month_start
from touches
inner join customers on touches.customer_id = customers.customer_id
cross join as_of
where touches.touched_on <= as_of.as_of_date
