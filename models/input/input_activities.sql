-- What people did with customers and partners: calls, e-mails, other tasks, and meetings. An invitee's
-- copy of a meeting is left out, or the meeting would count once for each invitee.
with

tasks as (
    select * from {{ ref('stg_salesforce__task') }}
),

events as (
    select * from {{ ref('stg_salesforce__event') }}
),

opportunities as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

contacts as (
    select * from {{ ref('stg_salesforce__contact') }}
),

purposes as (
    select * from {{ ref('activity_purposes') }}
),

names as (
    select * from {{ ref('input_crm_account_names') }}
),

-- what a meeting was for, by the first word that hits; the subject itself goes no further
first_matches as (
    select
        events.purpose_text,
        min(purposes.priority) as priority
    from events
    inner join purposes on events.purpose_text like '%' || purposes.word || '%'
    group by events.purpose_text
),

meetings as (
    select
        events.*,
        purposes.touch_kind as meeting_purpose
    from events
    left join first_matches on events.purpose_text = first_matches.purpose_text
    left join purposes on first_matches.priority = purposes.priority
    where not events.is_child
),

all_activities as (
    select
        task_id as activity_id,
        source_relation,
        account_id,
        owner_id,
        who_id,
        what_id,
        case
            when lower(task_subtype) in ('email', 'listemail') or lower(task_type) in ('email', 'e-mail') then 'email'
            when lower(task_subtype) = 'call' or lower(task_type) = 'call' then 'call'
            else 'task'
        end as activity_kind,
        cast(null as {{ dbt.type_string() }}) as meeting_purpose,
        lower(call_type) as call_direction,
        call_seconds as duration_seconds,
        is_closed as is_done,
        coalesce(
            case when is_closed then {{ local_date('completed_at') }} end, activity_date,
            {{ local_date('created_at') }}
        ) as activity_date,
        completed_at as occurred_at,
        created_at
    from tasks
    union all
    select
        event_id as activity_id,
        source_relation,
        account_id,
        owner_id,
        who_id,
        what_id,
        'meeting' as activity_kind,
        meeting_purpose,
        cast(null as {{ dbt.type_string() }}) as call_direction,
        60 * duration_minutes as duration_seconds,
        true as is_done,
        coalesce({{ local_date('started_at') }}, activity_date, {{ local_date('created_at') }}) as activity_date,
        started_at as occurred_at,
        created_at
    from meetings
)

select
    {{ canonical_id('all_activities.activity_id', 'salesforce', 'all_activities') }} as activity_id,
    all_activities.source_relation,
    coalesce(
        names.crm_account_id, all_activities.account_id, opportunities.account_id, contacts.account_id
    ) as customer_id,
    {{ canonical_id('all_activities.owner_id', 'salesforce', 'all_activities') }} as owner_person_id,
    {{ canonical_id('contacts.contact_id', 'salesforce', 'all_activities') }} as contact_id,
    {{ canonical_id('opportunities.opportunity_id', 'salesforce', 'all_activities') }} as opportunity_id,
    all_activities.activity_kind,
    all_activities.meeting_purpose,
    all_activities.call_direction,
    all_activities.duration_seconds,
    all_activities.is_done,
    all_activities.activity_date,
    all_activities.occurred_at,
    all_activities.created_at
from all_activities
left join opportunities
    on
        all_activities.what_id = opportunities.opportunity_id
        and all_activities.source_relation = opportunities.source_relation
left join contacts
    on
        all_activities.who_id = contacts.contact_id
        and all_activities.source_relation = contacts.source_relation
left join names
    on coalesce(all_activities.account_id, opportunities.account_id, contacts.account_id) = names.named_id
