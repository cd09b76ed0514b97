-- Prices, with the older plans for ids that no price has.
with

judged_prices as (
    select * from {{ ref('base_stripe__price') }}
),

judged_plans as (
    select * from {{ ref('base_stripe__plan') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

prices as (
    select
        id as price_id,
        source_relation,
        product_id,
        upper(currency) as currency,
        nickname as price_name,
        coalesce(billing_scheme, 'per_unit') as billing_scheme,
        type as price_type,
        recurring_interval as interval_unit,
        coalesce(recurring_usage_type, 'licensed') as usage_type,
        transform_quantity_round as package_rounding,
        coalesce(recurring_interval_count, 1) as interval_count,
        coalesce(transform_quantity_divide_by, 1) as package_size,
        coalesce(unit_amount_decimal, unit_amount) as unit_amount_minor,
        tax_behavior,
        {{ try_cast(json_text('metadata', var('metadata_keys').committed_minimum), 'decimal(18,0)') }}
            as committed_minimum_minor,
        coalesce({{ json_text('metadata', var('metadata_keys').escalator) }} = 'true', false) as is_escalator,
        coalesce(livemode, true) as is_live,
        created as created_at
    from judged_prices
    where row_status = 'accepted'
),

plans as (
    select
        id as price_id,
        source_relation,
        product_id,
        upper(currency) as currency,
        nickname as price_name,
        coalesce(billing_scheme, 'per_unit') as billing_scheme,
        'recurring' as price_type,
        {{ adapter.quote('interval') }} as interval_unit,
        coalesce(usage_type, 'licensed') as usage_type,
        transform_usage_round as package_rounding,
        interval_count,
        coalesce(transform_usage_divide_by, 1) as package_size,
        coalesce(amount_decimal, amount) as unit_amount_minor,
        cast(null as {{ dbt.type_string() }}) as tax_behavior,
        cast(null as decimal(18, 0)) as committed_minimum_minor,
        false as is_escalator,
        coalesce(livemode, true) as is_live,
        created as created_at
    from judged_plans
    where
        row_status = 'accepted'
        and not exists (
            select 1 from prices
            where prices.price_id = judged_plans.id and prices.source_relation = judged_plans.source_relation
        )
),

all_prices as (
    select * from prices
    union all
    select * from plans
)

select
    all_prices.*,
    currencies.minor_unit_value
from all_prices
inner join currencies on all_prices.currency = currencies.currency_code
