with

prices as (
    select * from {{ ref('stg_stripe__price') }}
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
    from prices
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
    unit_amount_minor,
    committed_minimum_minor,
    minor_unit_value,
    is_escalator,
    is_live
from normalised
