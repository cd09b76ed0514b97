with

judged as (
    select * from {{ ref('base_stripe__coupon') }}
)

select
    id as coupon_id,
    source_relation,
    {{ printable('name') }} as coupon_name,
    duration,
    upper(currency) as currency,
    duration_in_months,
    percent_off,
    amount_off as amount_off_minor,
    lower(currency_options) as currency_options,
    coalesce(livemode, true) as is_live,
    created as created_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
