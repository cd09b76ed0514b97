with

associations as (
    select * from {{ ref('stg_partner_portal__partner_association') }}
),

roles as (
    select * from {{ ref('partner_roles') }}
),

names as (
    select * from {{ ref('input_customer_names') }}
)

select
    {{ canonical_id('associations.association_id', 'partner_portal', 'associations') }} as association_id,
    associations.source_relation,
    coalesce(names.customer_id, associations.customer_id) as customer_id,
    associations.subscription_id,
    {{ canonical_id('associations.partner_id', 'partner_portal', 'associations') }} as partner_id,
    associations.partner_role,
    associations.split_percent,
    coalesce(associations.is_of_record, roles.is_of_record) as is_of_record,
    associations.valid_from_at,
    associations.valid_to_at,
    associations.recorded_at,
    associations.synced_at
from associations
inner join roles on associations.partner_role = roles.role
left join names on associations.customer_id = names.named_id
