-- One row a scope, period, and partner or customer that the scope refuses: a value of it is shut out, or it has none of
-- the values that a dimension admits. A figure of no customer is refused by a scope that looks at customers.
with

scopes as (
    select * from {{ ref('int_incentives__period_scopes') }}
),

partners as (
    select * from {{ ref('partners') }}
),

customers as (
    select * from {{ ref('input_customers') }}
),

region_classes as (
    select * from {{ ref('region_classes') }}
),

of_partners as (
    select
        scopes.program_version_id,
        scopes.scope_id,
        partners.partner_id,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        scopes.dimension,
        scopes.is_included,
        coalesce(scopes.value = case scopes.dimension
            when 'partner_type' then partners.partner_type
            when 'partner_region' then partners.partner_region
            when 'country_code' then partners.country_code
            when 'region_class' then region_classes.region_class
        end, false) as has_value,
        scopes.period_start
    from scopes
    cross join partners
    left join region_classes
        on
            scopes.program_id = region_classes.program_id
            and partners.country_code = region_classes.country_code
            and {{ rule_in_force('region_classes', 'scopes', 'scopes.period_start') }}
    where not scopes.is_about_customers
),

customers_and_none as (
    select
        customer_id,
        coalesce(segment, 'unknown') as segment,
        coalesce(region, 'unknown') as customer_region
    from customers
    union all
    select
        'none' as customer_id,
        cast(null as {{ dbt.type_string() }}) as segment,
        cast(null as {{ dbt.type_string() }}) as customer_region
),

of_customers as (
    select
        scopes.program_version_id,
        scopes.scope_id,
        cast(null as {{ dbt.type_string() }}) as partner_id,
        customers_and_none.customer_id,
        scopes.dimension,
        scopes.is_included,
        customers_and_none.customer_id = 'none' and not scopes.is_included
        or coalesce(scopes.value = case scopes.dimension
            when 'segment' then customers_and_none.segment
            when 'customer_region' then customers_and_none.customer_region
        end, false) as has_value,
        scopes.period_start
    from scopes
    cross join customers_and_none
    where scopes.is_about_customers
),

all_values as (
    select * from of_partners
    union all
    select * from of_customers
),

refused as (
    select
        program_version_id,
        scope_id,
        partner_id,
        customer_id,
        dimension,
        period_start
    from all_values
    group by program_version_id, scope_id, partner_id, customer_id, dimension, period_start
    having
        max(case when has_value and not is_included then 1 else 0 end) = 1
        or (
            max(case when is_included then 1 else 0 end) = 1
            and max(case when has_value and is_included then 1 else 0 end) = 0
        )
)

-- refused in several dimensions is refused once
select distinct
    program_version_id,
    scope_id,
    partner_id,
    customer_id,
    period_start
from refused
