-- Rows that passed their contract and are held back later, with what they are held back from: items whose MRR cannot be
-- reported, recurring lines that nothing links, associations that would give away more than the whole, and discounts that
-- cannot lower what they are of.
with

held_items as (
    select * from {{ ref('int_subscription_items__rejected') }}
),

held_associations as (
    select distinct association_id
    from {{ ref('int_subscriptions__associations') }}
    where not is_kept
),

idle_discounts as (
    select * from {{ ref('int_discounts__without_effect') }}
),

items as (
    select * from {{ ref('input_subscription_items') }}
),

associations as (
    select * from {{ ref('input_partner_associations') }}
),

line_links as (
    select
        invoice_line_id,
        source_relation,
        reason_code
    from {{ ref('stg_stripe__line_link') }}
    where reason_code is not null
),

lines as (
    select * from {{ ref('stg_stripe__invoice_line_item') }}
),

item_rows as (
    select
        'stripe' as source_name,
        'subscription_item' as table_name,
        items.source_relation,
        items.subscription_item_id as row_key,
        held_items.reason_code,
        case when held_items.reason_code in ('missing_rate', 'price_in_other_currency') then 'currency' else 'price_id' end as column_name,
        {{ json_object_of(['subscription_item_id', 'subscription_id', 'price_id', 'quantity', 'currency', 'synced_at']) }} as raw_row,
        items.synced_at as seen_at
    from items
    inner join held_items using (subscription_item_id)
),

line_rows as (
    select
        'stripe' as source_name,
        'invoice_line_item' as table_name,
        source_relation,
        invoice_line_id as row_key,
        line_links.reason_code,
        case line_links.reason_code
            when 'line_without_subscription' then 'subscription_id'
            when 'line_without_item' then 'subscription_item_id'
            when 'line_without_price' then 'price_id'
            else 'period_started_at'
        end as column_name,
        {{ json_object_of(['invoice_line_id', 'invoice_id', 'subscription_id', 'subscription_item_id', 'price_id', 'currency', 'amount_minor', 'quantity', 'period_started_at', 'period_ends_at']) }} as raw_row,
        lines.synced_at as seen_at
    from lines
    inner join line_links using (invoice_line_id, source_relation)
),

association_rows as (
    select
        'partner_portal' as source_name,
        'partner_association' as table_name,
        associations.source_relation,
        associations.association_id as row_key,
        'split_over_100' as reason_code,
        'split_percent' as column_name,
        {{ json_object_of(['association_id', 'customer_id', 'subscription_id', 'partner_id', 'partner_role', 'split_percent', 'valid_from_at', 'valid_to_at', 'recorded_at']) }} as raw_row,
        associations.synced_at as seen_at
    from associations
    inner join held_associations using (association_id)
),

discount_rows as (
    select
        'stripe' as source_name,
        'discount' as table_name,
        source_relation,
        discount_id as row_key,
        reason_code,
        column_name,
        {{ json_object_of(['discount_id', 'coupon_id', 'scope', 'subscription_id', 'invoice_line_id', 'amount_off', 'amount_off_currency', 'started_at']) }} as raw_row,
        synced_at as seen_at
    from idle_discounts
)

select
    *,
    'mrr' as held_back
from item_rows
union all
select
    *,
    'mrr' as held_back
from line_rows
union all
select
    *,
    'share' as held_back
from association_rows
union all
select
    *,
    'discount' as held_back
from discount_rows
