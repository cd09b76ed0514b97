-- Discounts that lower nothing because of how they were delivered: an amount in another currency than all that it is of,
-- or a line that no invoice has.
with

discounts as (
    select * from {{ ref('input_discounts') }}
),

distinct_discounts as (
    select * from {{ ref('int_discounts__distinct') }}
),

item_periods as (
    select * from {{ ref('int_discounts__item_periods') }}
),

line_ids as (
    select invoice_line_id from {{ ref('input_invoice_lines') }}
),

in_other_currency as (
    select
        discount_id,
        target
    from item_periods
    group by discount_id, target
    having min(case when is_other_currency then 1 else 0 end) = 1
),

found as (
    select
        distinct_discounts.discount_id,
        distinct_discounts.scope,
        case
            when in_other_currency.discount_id is not null then 'discount_currency'
            else 'orphan_key'
        end as reason_code
    from distinct_discounts
    left join in_other_currency
        on
            distinct_discounts.discount_id = in_other_currency.discount_id
            and distinct_discounts.target = in_other_currency.target
    where
        in_other_currency.discount_id is not null
        or (
            distinct_discounts.invoice_line_id like '%il\_%' escape '\'
            and not exists (
                select 1 from line_ids
                where line_ids.invoice_line_id = distinct_discounts.invoice_line_id
            )
        )
)

select
    discounts.discount_id,
    discounts.source_relation,
    discounts.coupon_id,
    discounts.scope,
    discounts.subscription_id,
    discounts.invoice_line_id,
    discounts.amount_off,
    discounts.amount_off_currency,
    found.reason_code,
    case when found.reason_code = 'discount_currency' then 'amount_off_currency' else 'invoice_line_id' end as column_name,
    discounts.started_at,
    discounts.synced_at
from discounts
inner join found on discounts.discount_id = found.discount_id and discounts.scope = found.scope
