{{ config(materialized='table') }}
-- Lines whose amount contains tax, and how much. What the line says comes first; a line that says nothing takes part
-- in the tax of an invoice that shows it inside. Where tax is added to the price, nothing is here.
with

lines as (
    select * from {{ ref('stg_stripe__invoice_line_item') }}
    where amount_minor <> 0
),

invoices as (
    select
        *,
        tax_minor = 0 or listed_included_tax_minor = 0 or total_minor = subtotal_minor + tax_minor as is_tax_outside
    from {{ ref('stg_stripe__invoice') }}
),

prices as (
    select * from {{ ref('stg_stripe__price') }}
),

said as (
    select
        lines.*,
        invoices.subtotal_minor,
        invoices.tax_minor,
        invoices.total_minor,
        invoices.subtotal_excluding_tax_minor,
        invoices.listed_included_tax_minor,
        prices.tax_behavior,
        coalesce(prices.package_size, 1) as package_size,
        {{ included_taxes('lines.taxes', 'amount') }} as listed_tax_minor,
        {{ included_taxes('lines.taxes', 'taxable_amount', 'max') }} as listed_taxable_minor,
        case
            when lines.unit_amount_excluding_tax_minor is not null
                then round(lines.unit_amount_excluding_tax_minor * cast(lines.quantity as decimal(10, 0)), 6)
        end as units_excluding_tax_minor
    from lines
    left join prices on lines.price_id = prices.price_id and lines.source_relation = prices.source_relation
    left join invoices
        on lines.invoice_id = invoices.invoice_id and lines.source_relation = invoices.source_relation
    where not coalesce(invoices.is_tax_outside, false) and coalesce(prices.tax_behavior, 'inclusive') <> 'exclusive'
),

-- what is left of the invoice's prices without the tax in them, as a part of a whole
shares as (
    select
        *,
        case
            when subtotal_excluding_tax_minor > 0 and subtotal_excluding_tax_minor <= subtotal_minor
                then subtotal_excluding_tax_minor
            when listed_included_tax_minor > 0 and total_minor > coalesce(tax_minor, listed_included_tax_minor)
                then total_minor - coalesce(tax_minor, listed_included_tax_minor)
            -- nothing was added to the lines, though there is tax
            when
                (total_minor = subtotal_minor or tax_behavior = 'inclusive')
                and abs(tax_minor) < abs(total_minor) and sign(tax_minor) = sign(total_minor)
                then abs(total_minor - tax_minor)
        end as share_part,
        case
            when subtotal_excluding_tax_minor > 0 and subtotal_excluding_tax_minor <= subtotal_minor
                then subtotal_minor
            when listed_included_tax_minor > 0 and total_minor > coalesce(tax_minor, listed_included_tax_minor)
                then total_minor - coalesce(tax_minor, listed_included_tax_minor) + listed_included_tax_minor
            else abs(total_minor)
        end as share_whole,
        -- a unit is rounded itself: what rounding can explain is no tax
        package_size = 1 and abs(units_excluding_tax_minor) between abs(amount_minor) * 0.5 and abs(amount_minor)
            as is_unit_usable,
        abs(amount_minor) - abs(units_excluding_tax_minor) <= 0.5 + quantity * case
            when unit_amount_excluding_tax_minor = floor(unit_amount_excluding_tax_minor) then 0.5 else 0.005
        end as is_unit_rounded
    from said
),

net as (
    select
        *,
        case
            when listed_tax_minor = 0 then abs(amount_minor)
            when abs(amount_excluding_tax_minor) <= abs(amount_minor) then abs(amount_excluding_tax_minor)
            when is_unit_usable and is_unit_rounded and not is_proration then abs(amount_minor)
            when is_unit_usable and not is_proration then round(abs(units_excluding_tax_minor), 0)
            when listed_tax_minor > 0 and listed_taxable_minor > 0
                then round({{ portion('abs(amount_minor)', 'listed_taxable_minor', '(listed_taxable_minor + listed_tax_minor)') }}, 0)
            when listed_tax_minor < abs(amount_minor) then abs(amount_minor) - listed_tax_minor
            when share_part > 0 then round({{ portion('abs(amount_minor)', 'share_part', 'share_whole') }}, 0)
            else abs(amount_minor)
        end as net_minor
    from shares
)

select
    invoice_line_id,
    source_relation,
    invoice_id,
    price_id,
    cast(sign(amount_minor) * (abs(amount_minor) - net_minor) as bigint) as included_tax_minor
from net
where net_minor <> abs(amount_minor)
