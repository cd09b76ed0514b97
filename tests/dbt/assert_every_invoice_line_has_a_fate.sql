-- Guards against joins that drop money: every landed invoice line is superseded, quarantined, or accepted; every accepted
-- line reaches the input layer once and is held back, a test, not issued, no MRR, nothing charged or evidence of MRR;
-- and the item of all evidence has rates, dated ones where its subscription is known.
{{ config(meta={'dagster': {'ref': {'name': 'int_subscription_items__billed_rates'}}}) }}
with

judged as (
    select
        count(*) as landed_rows,
        sum(case when row_status = 'superseded' then 1 else 0 end) as superseded_rows,
        sum(case when row_status = 'quarantined' then 1 else 0 end) as quarantined_rows
    from {{ ref('base_stripe__invoice_line_item') }}
),

landed as (
    select count(*) as landed_rows from {{ source('stripe', 'invoice_line_item') }}
),

lines as (
    select * from {{ ref('input_invoice_lines') }}
),

held as (
    select distinct {{ canonical_id('invoice_line_id', 'stripe') }} as invoice_line_id
    from {{ ref('stg_stripe__line_link') }}
    where reason_code is not null
),

rated as (
    select distinct subscription_item_id from {{ ref('int_subscription_items__billed_rates') }}
),

dated as (
    select distinct subscription_item_id from {{ ref('int_subscription_items__rate_events') }}
),

fates as (
    select
        lines.invoice_line_id,
        lines.subscription_item_id,
        case
            when held.invoice_line_id is not null then 'held_back'
            when not lines.is_live or not invoices.is_live then 'test_mode'
            when not coalesce(invoices.is_issued, true) then 'not_issued'
            when other_lines.revenue_kind = 'usage' or prices.usage_type = 'metered' then 'usage'
            when other_lines.revenue_kind is not null then 'one_off'
            when
                recurring_prices.price_id is not null
                and lines.subscription_item_id is not null and lines.subscription_id is not null
                then 'evidence'
            when lines.amount_minor = 0 then 'nothing_charged'
            -- charged by hand for an item, at a price that does not recur
            when not lines.is_regular and not lines.is_proration then 'one_off'
        end as fate
    from lines
    left join held on lines.invoice_line_id = held.invoice_line_id
    left join {{ ref('input_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    left join {{ ref('input_prices') }} as prices on lines.price_id = prices.price_id
    left join {{ ref('input_recurring_prices') }} as recurring_prices on lines.price_id = recurring_prices.price_id
    left join {{ ref('int_growth__invoiced_lines') }} as other_lines
        on lines.invoice_line_id = other_lines.invoice_line_id
)

select
    'landed rows that nobody judged' as problem,
    cast(landed.landed_rows - judged.landed_rows as {{ dbt.type_string() }}) as what
from landed
cross join judged
where landed.landed_rows <> judged.landed_rows
union all
select
    'accepted lines that do not reach the input layer once' as problem,
    cast(max(judged.landed_rows - judged.superseded_rows - judged.quarantined_rows) - count(fates.invoice_line_id) as {{ dbt.type_string() }}) as what
from judged
left join fates on true
having max(judged.landed_rows - judged.superseded_rows - judged.quarantined_rows) <> count(fates.invoice_line_id)
union all
select
    'line without a fate' as problem,
    fates.invoice_line_id as what
from fates
where fates.fate is null
union all
select
    'item of evidence without a rate' as problem,
    fates.subscription_item_id as what
from fates
left join rated on fates.subscription_item_id = rated.subscription_item_id
left join dated on fates.subscription_item_id = dated.subscription_item_id
where fates.fate = 'evidence' and (rated.subscription_item_id is null or dated.subscription_item_id is null)
