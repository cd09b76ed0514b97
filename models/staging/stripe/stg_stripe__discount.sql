with

judged as (
    select
        *,
        {{ discount_scope('type', 'type_id') }} as said_scope
    from {{ ref('base_stripe__discount') }}
    where row_status = 'accepted'
)

select
    id as discount_id,
    source_relation,
    {{ discount_coupon() }} as coupon_id,
    said_scope as applies_to,
    {{ discount_target('said_scope', '', 'customer', 'customer_id', 'type_id') }} as billing_account_id,
    {{ discount_target('said_scope', '', 'subscription', 'subscription_id', 'type_id') }} as subscription_id,
    {{ discount_target('said_scope', '', 'subscription_item', 'subscription_item_id', 'type_id') }} as subscription_item_id,
    {{ discount_target('said_scope', '', 'invoice', 'invoice_id', 'type_id') }} as invoice_id,
    {{ discount_target('said_scope', '', 'invoice_line', 'invoice_item_id', 'type_id') }} as invoice_line_id,
    start as started_at,
    {{ adapter.quote('end') }} as ended_at,
    _fivetran_synced as synced_at
from judged
