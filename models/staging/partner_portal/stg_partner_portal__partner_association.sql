with

judged as (
    select * from {{ ref('base_partner_portal__partner_association') }}
)

select
    id as association_id,
    source_relation,
    customer_id,
    subscription_id,
    partner_id,
    role as partner_role,
    split_percent,
    is_of_record,
    valid_from as valid_from_at,
    valid_to as valid_to_at,
    coalesce(recorded_at, valid_from) as recorded_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
