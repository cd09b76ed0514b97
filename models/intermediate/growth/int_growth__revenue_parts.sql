-- Invoiced lines that are no MRR, in the reporting currency at the month-end rate, allocated to partners: by the
-- partners of record of the subscription on the line's day, else of the customer. What nobody stands behind is
-- direct, so that no line is lost.
with

lines as (
    select * from {{ ref('int_growth__invoiced_lines') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

share_sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

valued as (
    select
        lines.invoice_line_id,
        lines.subscription_id,
        lines.customer_id,
        lines.revenue_kind,
        {{ in_reporting_currency('lines.amount', 'rates', type_money()) }} as amount,
        lines.revenue_date,
        rates.month_start
    from lines
    inner join rates
        on lines.currency = rates.currency and {{ month_of('lines.revenue_date') }} = rates.month_start
    where lines.amount <> 0
),

of_subscriptions as (
    select
        valued.*,
        coalesce(share_sets.share_set_id, 'direct') as share_set_id
    from valued
    left join share_sets
        on
            valued.subscription_id = share_sets.subscription_id
            and valued.revenue_date >= share_sets.from_date
            and valued.revenue_date < share_sets.to_date
    where valued.subscription_id is not null
),

allocated as (
    {{ allocate_to_partners('of_subscriptions', ['invoice_line_id'], ['amount']) }}
),

of_customers as (
    select
        valued.invoice_line_id,
        coalesce(members.partner_id, 'direct') as partner_id,
        valued.revenue_kind,
        {{ part_of_record('valued.amount', ['valued.invoice_line_id']) }} as amount,
        valued.month_start
    from valued
    left join {{ ref('int_growth__partners_of_record') }} as members
        on valued.customer_id = members.customer_id and valued.revenue_date = members.on_date
    where valued.subscription_id is null
)

select
    invoice_line_id,
    partner_id,
    revenue_kind,
    partner_amount as amount,
    month_start
from allocated
union all
select
    invoice_line_id,
    partner_id,
    revenue_kind,
    amount,
    month_start
from of_customers
