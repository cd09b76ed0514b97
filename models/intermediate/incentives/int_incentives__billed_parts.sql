-- What was billed, by invoice line and partner: by the partners of record of the subscription on the line's day, else
-- of the customer. What nobody stands behind is direct, so that no line is lost.
with

lines as (
    select * from {{ ref('int_incentives__billed_lines') }}
),

share_sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

roles as (
    select * from {{ ref('int_partners__customer_roles') }}
),

of_subscriptions as (
    select
        lines.invoice_line_id,
        lines.customer_id,
        lines.product_id,
        lines.revenue_kind,
        lines.amount,
        lines.billed_on,
        lines.month_start,
        coalesce(share_sets.share_set_id, 'direct') as share_set_id
    from lines
    left join share_sets
        on
            lines.subscription_id = share_sets.subscription_id
            and lines.billed_on >= share_sets.from_date
            and lines.billed_on < share_sets.to_date
    where lines.subscription_id is not null
),

allocated as (
    {{ allocate_to_partners('of_subscriptions', ['invoice_line_id'], ['amount']) }}
),

parts as (
    select
        invoice_line_id,
        partner_id,
        customer_id,
        product_id,
        revenue_kind,
        partner_amount as amount,
        billed_on,
        month_start
    from allocated
    union all
    select
        lines.invoice_line_id,
        coalesce(members.partner_id, 'direct') as partner_id,
        lines.customer_id,
        lines.product_id,
        lines.revenue_kind,
        {{ part_of_record('lines.amount', ['lines.invoice_line_id']) }} as amount,
        lines.billed_on,
        lines.month_start
    from lines
    left join {{ ref('int_incentives__partners_of_record') }} as members
        on lines.customer_id = members.customer_id and lines.billed_on = members.on_date
    where lines.subscription_id is null
)

select
    parts.invoice_line_id,
    parts.partner_id,
    parts.customer_id,
    parts.product_id,
    coalesce(roles.partner_role, 'direct') as partner_role,
    parts.revenue_kind,
    {{ money('parts.amount') }} as amount,
    parts.billed_on,
    parts.month_start
from parts
left join roles on parts.partner_id = roles.partner_id and parts.customer_id = roles.customer_id
