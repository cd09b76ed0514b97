with

prices as (
    select * from {{ ref('stg_stripe__price') }}
),

price_tax as (
    select * from {{ ref('stg_stripe__price_tax') }}
),

-- a price that contains tax which no invoice has told apart has no amount that is known
without_tax as (
    select
        prices.*,
        case
            when price_tax.price_id is null then prices.unit_amount_minor
            when price_tax.net_part = price_tax.gross_whole then prices.unit_amount_minor
            else {{ portion('prices.unit_amount_minor', 'price_tax.net_part', 'price_tax.gross_whole', 'decimal(28, 12)') }}
        end as net_unit_amount_minor
    from prices
    left join price_tax
        on prices.price_id = price_tax.price_id and prices.source_relation = price_tax.source_relation
),

normalised as (
    -- a month's worth of an interval's amount is amount * numerator / denominator
    select
        *,
        case interval_unit when 'week' then 52 when 'day' then 365 else 1 end as month_numerator,
        case interval_unit
            when 'month' then interval_count
            when 'year' then 12 * interval_count
            else 12 * interval_count
        end as month_denominator,
        case interval_unit
            when 'day' then interval_count
            when 'week' then 7 * interval_count
            when 'month' then cast(30.4375 as decimal(7, 4)) * interval_count
            when 'year' then cast(365.25 as decimal(7, 4)) * interval_count
        end as interval_days,
        case when interval_unit in ('month', 'year') then 3 else 1 end as interval_tolerance_days
    from without_tax
)

select
    {{ canonical_id('price_id', 'stripe') }} as price_id,
    source_relation,
    {{ canonical_id('product_id', 'stripe') }} as product_id,
    currency,
    price_name,
    price_type,
    billing_scheme,
    usage_type,
    interval_unit,
    package_rounding,
    interval_count,
    package_size,
    month_numerator,
    month_denominator,
    interval_days,
    interval_tolerance_days,
    net_unit_amount_minor as unit_amount_minor,
    committed_minimum_minor,
    minor_unit_value,
    is_escalator,
    is_live
from normalised
