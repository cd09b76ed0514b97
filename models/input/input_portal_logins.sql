with

portal_logins as (
    select * from {{ ref('stg_partner_portal__portal_login') }}
),

people as (
    select * from {{ ref('stg_partner_portal__person') }}
)

select
    {{ canonical_id('portal_logins.portal_login_id', 'partner_portal', 'portal_logins') }} as portal_login_id,
    portal_logins.source_relation,
    {{ canonical_id('portal_logins.person_id', 'partner_portal', 'portal_logins') }} as person_id,
    {{ canonical_id('people.partner_id', 'partner_portal', 'portal_logins') }} as partner_id,
    portal_logins.logged_in_at
from portal_logins
inner join people
    on portal_logins.person_id = people.person_id and portal_logins.source_relation = people.source_relation
