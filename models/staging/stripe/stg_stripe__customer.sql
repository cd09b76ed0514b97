with

judged as (
    select * from {{ ref('base_stripe__customer') }}
)

select
    id as billing_account_id,
    source_relation,
    {{ printable('name') }} as account_name,
    upper(currency) as currency,
    upper(address_country) as country_code,
    {{ json_text('metadata', var('metadata_keys').crm_account) }} as crm_account_id,
    coalesce(livemode, true) as is_live,
    coalesce(is_deleted, false) as is_deleted,
    created as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
