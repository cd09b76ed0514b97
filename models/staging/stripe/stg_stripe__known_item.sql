-- An item that was removed from its subscription has no row any more, but it was invoiced.
with

items as (
    select
        subscription_item_id,
        source_relation
    from {{ ref('stg_stripe__subscription_item') }}
),

lines as (
    select
        subscription_item_id,
        source_relation
    from {{ ref('stg_stripe__invoice_line_item') }}
    where subscription_item_id is not null
)

select * from items
union
select * from lines
