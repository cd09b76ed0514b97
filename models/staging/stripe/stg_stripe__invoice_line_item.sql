with

judged as (
    select * from {{ ref('base_stripe__invoice_line_item') }}
),

repeated as (
    select * from {{ ref('stg_stripe__repeated_line_id') }}
)

select
    -- an id stays as it is; one that stands on several lines is told apart by the rest of the key
    case
        when repeated.source_line_id is null then judged.id
        else concat_ws(
            ':', judged.invoice_id, judged.unique_id,
            case when judged.unique_id not like 'il!_%' escape '!' then judged.subscription_item_id end
        )
    end as invoice_line_id,
    judged.id as source_line_id,
    judged.source_relation,
    judged.invoice_id,
    judged.subscription_id,
    judged.subscription_item_id,
    judged.plan_id as price_id,
    case
        when judged.type = 'subscription_item_details' then 'subscription'
        when judged.type = 'invoice_item_details' then 'invoiceitem'
        when judged.type is not null then judged.type
        when judged.invoice_item_id is not null then 'invoiceitem'
        when judged.subscription_item_id is not null then 'subscription'
    end as line_type,
    upper(judged.currency) as currency,
    judged.amount as amount_minor,
    judged.amount_excluding_tax as amount_excluding_tax_minor,
    judged.unit_amount_excluding_tax as unit_amount_excluding_tax_minor,
    judged.taxes,
    -- a rounded quantity is no quantity: what was invoiced speaks for itself
    case
        when judged.quantity_decimal is null then judged.quantity
        when judged.quantity_decimal = floor(judged.quantity_decimal) then cast(judged.quantity_decimal as bigint)
    end as quantity,
    -- an empty list says that nothing was taken off; no list says nothing
    coalesce({{ json_sum('judged.discount_amounts', 'amount') }}, judged.discount_amount) as discount_minor,
    coalesce(judged.proration, false) as is_proration,
    coalesce(judged.livemode, true) as is_live,
    judged.period_start as period_started_at,
    judged.period_end as period_ends_at,
    judged._fivetran_synced as synced_at
from judged
left join repeated
    on judged.id = repeated.source_line_id and judged.source_relation = repeated.source_relation
where judged.row_status = 'accepted'
