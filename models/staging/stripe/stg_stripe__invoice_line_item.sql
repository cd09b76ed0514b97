with

judged as (
    select * from {{ ref('base_stripe__invoice_line_item') }}
)

select
    id as invoice_line_id,
    source_relation,
    invoice_id,
    subscription_id,
    subscription_item_id,
    plan_id as price_id,
    type as line_type,
    upper(currency) as currency,
    amount as amount_minor,
    quantity,
    -- an empty list says that nothing was taken off; no list says nothing
    coalesce({{ json_sum('discount_amounts', 'amount') }}, discount_amount) as discount_minor,
    coalesce(proration, false) as is_proration,
    coalesce(livemode, true) as is_live,
    period_start as period_started_at,
    period_end as period_ends_at,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
