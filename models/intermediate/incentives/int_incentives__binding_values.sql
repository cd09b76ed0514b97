-- What each binding reads in a month, before windows and comparisons: of a partner (or the top of its group), of each of
-- its customers, or of each customer and product, as the binding's level says. Metrics that count customers count each
-- once.
with

bound as (
    select * from {{ ref('int_incentives__bound_metrics') }}
),

partner_values as (
    select * from {{ ref('int_incentives__partner_metrics') }}
),

partner_groups as (
    select * from {{ ref('int_incentives__partner_groups') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

read_lines as (
    select
        bound.program_version_id,
        bound.binding_id,
        bound.applies_from,
        bound.is_distinct,
        case
            when bound.level = 'partner_group' then coalesce(partner_groups.group_id, lines.partner_id)
            else lines.partner_id
        end as partner_id,
        lines.customer_id as line_customer_id,
        case when bound.level in ('customer', 'customer_product') then lines.customer_id end as customer_id,
        case when bound.level = 'customer_product' then lines.product_id end as product_id,
        lines.amount,
        lines.month_start
    from bound
    inner join {{ ref('int_incentives__binding_lines') }} as lines
        on
            bound.program_version_id = lines.program_version_id
            and bound.binding_id = lines.binding_id
            and bound.applies_from = lines.applies_from
    left join partner_groups on lines.partner_id = partner_groups.partner_id
),

of_lines as (
    select
        program_version_id,
        binding_id,
        applies_from,
        partner_id,
        customer_id,
        product_id,
        case
            when max(case when is_distinct then 1 else 0 end) = 1
                then count(distinct case when is_distinct then line_customer_id end)
            else sum(amount)
        end as value,
        -- an amount that no rate converts leaves no value
        count(*) - count(amount) as missing_amounts,
        month_start
    from read_lines
    group by program_version_id, binding_id, applies_from, partner_id, customer_id, product_id, month_start
),

of_partners as (
    select
        bound.program_version_id,
        bound.binding_id,
        bound.applies_from,
        case
            when bound.level = 'partner_group' then coalesce(partner_groups.group_id, partner_values.partner_id)
            else partner_values.partner_id
        end as partner_id,
        sum(case
            when not bound.is_money or bound.currency = '{{ var("reporting_currency") }}' then partner_values.value
            else {{ from_reporting_currency('partner_values.value', 'rates') }}
        end) as value,
        count(*) - count(case when bound.is_money then rates.currency_units else 1 end) as missing_amounts,
        partner_values.month_start
    from bound
    inner join partner_values
        on
            bound.metric_id = partner_values.metric_id
            and bound.metric_version = partner_values.metric_version
            and coalesce(bound.credential_id, 'standard') = coalesce(partner_values.credential_id, 'standard')
            and bound.program_version_id = coalesce(partner_values.program_version_id, bound.program_version_id)
            and bound.applies_to > partner_values.month_start
            and partner_values.month_start >= {{ add_months(month_of('bound.applies_from'), '-bound.reach_months') }}
    left join partner_groups on partner_values.partner_id = partner_groups.partner_id
    left join rates on bound.currency = rates.currency and partner_values.month_start = rates.month_start
    where
        not bound.has_lines
        and partner_values.partner_id <> 'direct'
        and partner_values.value is not null
        and (bound.level <> 'partner_group' or bound.is_additive)
    group by 1, 2, 3, 4, 7  -- noqa: AM06
)

select
    program_version_id,
    binding_id,
    applies_from,
    partner_id,
    customer_id,
    product_id,
    cast(value as {{ type_money() }}) as value,
    missing_amounts > 0 as is_incomplete,
    month_start
from of_lines
union all
select
    program_version_id,
    binding_id,
    applies_from,
    partner_id,
    null as customer_id,
    null as product_id,
    cast(value as {{ type_money() }}) as value,
    missing_amounts > 0 as is_incomplete,
    month_start
from of_partners
