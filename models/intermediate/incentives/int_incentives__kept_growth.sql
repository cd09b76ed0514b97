-- What is left of growth that has to be kept for some months: the lowest value in those months with data, less what the
-- growth was measured against. A place without a value in a month has fallen to nothing.
with

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
    where monitoring_months > 0 and is_compared
),

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

place_values as (
    select * from {{ ref('int_incentives__entity_snapshots') }}
),

months as (
    select * from {{ ref('int_months') }}
),

-- the later months may be under a later version of the program
later_values as (
    select
        versions.program_id,
        place_values.binding_id,
        place_values.partner_id,
        place_values.customer_id,
        place_values.product_id,
        place_values.month_start,
        max(place_values.current_value) as current_value
    from place_values
    inner join versions on place_values.program_version_id = versions.program_version_id
    group by
        versions.program_id, place_values.binding_id, place_values.partner_id, place_values.customer_id,
        place_values.product_id, place_values.month_start
)

select
    period_levers.program_version_id,
    period_levers.lever_id,
    place_values.partner_id,
    place_values.customer_id,
    place_values.product_id,
    period_levers.period_start,
    min(coalesce(later_values.current_value, 0)) - max(place_values.compared_value) as kept_amount
from period_levers
inner join place_values
    on
        period_levers.program_version_id = place_values.program_version_id
        and period_levers.pay_binding_id = place_values.binding_id
        and period_levers.last_month = place_values.month_start
        and place_values.value <> 0
inner join months
    on
        period_levers.last_month < months.month_start
        and {{ add_months('period_levers.last_month', 'period_levers.monitoring_months') }} >= months.month_start
left join later_values
    on
        period_levers.program_id = later_values.program_id
        and place_values.binding_id = later_values.binding_id
        and place_values.partner_id = later_values.partner_id
        and coalesce(place_values.customer_id, '') = coalesce(later_values.customer_id, '')
        and coalesce(place_values.product_id, '') = coalesce(later_values.product_id, '')
        and months.month_start = later_values.month_start
group by
    period_levers.program_version_id, period_levers.lever_id, place_values.partner_id, place_values.customer_id,
    place_values.product_id, period_levers.period_start
