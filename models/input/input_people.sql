-- The vendor's people (CRM users, and agents whom the CRM does not know) and the partners' people.
with

crm_users as (
    select * from {{ ref('stg_salesforce__user') }}
),

crm_roles as (
    select * from {{ ref('stg_salesforce__user_role') }}
),

support_users as (
    select * from {{ ref('input_support_users') }}
),

partner_people as (
    select * from {{ ref('stg_partner_portal__person') }}
),

role_classes as (
    select * from {{ ref('role_classes') }}
),

all_people as (
    select
        {{ canonical_id('crm_users.user_id', 'salesforce', 'crm_users') }} as person_id,
        crm_users.source_relation,
        case when crm_users.account_id is null then 'vendor' else 'external' end as person_type,
        cast(null as {{ dbt.type_string() }}) as partner_id,
        {{ canonical_id('crm_users.manager_user_id', 'salesforce', 'crm_users') }} as manager_person_id,
        cast(null as {{ dbt.type_string() }}) as crm_contact_id,
        coalesce(crm_users.job_title, crm_roles.role_name, crm_users.department) as role_name,
        lower(concat_ws(' ', crm_roles.role_name, crm_users.job_title, crm_users.department)) as role_text,
        crm_users.is_active and not crm_users.is_deleted as is_active,
        cast(null as timestamp) as joined_at,
        cast(null as timestamp) as left_at
    from crm_users
    left join crm_roles
        on crm_users.role_id = crm_roles.role_id and crm_users.source_relation = crm_roles.source_relation
    union all
    select
        person_id,
        source_relation,
        'vendor' as person_type,
        cast(null as {{ dbt.type_string() }}) as partner_id,
        cast(null as {{ dbt.type_string() }}) as manager_person_id,
        cast(null as {{ dbt.type_string() }}) as crm_contact_id,
        support_role as role_name,
        'support' as role_text,
        is_active,
        created_at as joined_at,
        cast(null as timestamp) as left_at
    from support_users
    where is_agent and person_id = support_user_id
    union all
    select
        {{ canonical_id('person_id', 'partner_portal') }} as person_id,
        source_relation,
        'partner' as person_type,
        {{ canonical_id('partner_id', 'partner_portal') }} as partner_id,
        cast(null as {{ dbt.type_string() }}) as manager_person_id,
        crm_contact_id,
        person_role as role_name,
        person_role as role_text,
        left_at is null and not is_deleted as is_active,
        joined_at,
        left_at
    from partner_people
),

first_matches as (
    select
        all_people.role_text,
        min(role_classes.priority) as priority
    from all_people
    inner join role_classes on all_people.role_text like '%' || role_classes.word || '%'
    group by all_people.role_text
)

select
    all_people.person_id,
    all_people.source_relation,
    all_people.person_type,
    all_people.partner_id,
    all_people.manager_person_id,
    all_people.crm_contact_id,
    all_people.role_name,
    coalesce(role_classes.role_class, 'other') as role_class,
    all_people.is_active,
    all_people.joined_at,
    all_people.left_at
from all_people
left join first_matches on all_people.role_text = first_matches.role_text
left join role_classes on first_matches.priority = role_classes.priority
