{{ config(materialized='table') }}
-- What the last invoiced line of a price, and of its product, left of it without tax: for prices that contain tax, as
-- they say themselves or as their lines show. A line without tax (a customer abroad, say) leaves all of it.
with

prices as (
    select * from {{ ref('stg_stripe__price') }}
    where coalesce(tax_behavior, 'unspecified') <> 'exclusive'
),

line_tax as (
    select * from {{ ref('stg_stripe__line_tax') }}
),

lines as (
    select * from {{ ref('stg_stripe__invoice_line_item') }}
    where amount_minor > 0 and is_live
),

invoices as (
    select * from {{ ref('stg_stripe__invoice') }}
    where status in ('open', 'paid', 'uncollectible')
),

taxed as (
    select
        price_id,
        source_relation
    from line_tax
    union
    select
        price_id,
        source_relation
    from prices
    where tax_behavior = 'inclusive'
),

invoiced as (
    select
        lines.source_relation,
        lines.price_id,
        prices.product_id,
        lines.amount_minor as gross_minor,
        lines.amount_minor - coalesce(line_tax.included_tax_minor, 0) as net_minor,
        lines.period_started_at,
        lines.invoice_line_id
    from lines
    inner join taxed on lines.price_id = taxed.price_id and lines.source_relation = taxed.source_relation
    inner join prices on lines.price_id = prices.price_id and lines.source_relation = prices.source_relation
    inner join invoices on lines.invoice_id = invoices.invoice_id and lines.source_relation = invoices.source_relation
    left join line_tax
        on lines.invoice_line_id = line_tax.invoice_line_id and lines.source_relation = line_tax.source_relation
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_relation, price_id order by period_started_at desc nulls last, invoice_line_id desc
        ) as recency_of_price,
        row_number() over (
            partition by source_relation, product_id order by period_started_at desc nulls last, invoice_line_id desc
        ) as recency_of_product
    from invoiced
)

select
    prices.price_id,
    prices.source_relation,
    coalesce(of_price.net_minor, of_product.net_minor) as net_part,
    coalesce(of_price.gross_minor, of_product.gross_minor) as gross_whole
from prices
left join ranked as of_price
    on
        prices.price_id = of_price.price_id
        and prices.source_relation = of_price.source_relation
        and of_price.recency_of_price = 1
left join ranked as of_product
    on
        prices.product_id = of_product.product_id
        and prices.source_relation = of_product.source_relation
        and of_product.recency_of_product = 1
where
    prices.tax_behavior = 'inclusive'
    or of_price.price_id is not null
    or of_product.product_id is not null
