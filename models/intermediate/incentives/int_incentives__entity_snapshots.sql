-- What each binding says of each of its entities (partner, customer, or customer and product) in a month: the value now
-- and, where it compares, the value then and the difference. A loss counts as none where the binding has a floor at
-- zero, entity by entity: one customer's growth is then not eaten up by another's fall. An entity that is new starts
-- from nothing, or is left out, as the binding says.
with

bound as (
    select * from {{ ref('int_incentives__bound_metrics') }}
),

windows as (
    select * from {{ ref('int_incentives__binding_windows') }}
    where not is_before_data
),

months as (
    select * from {{ ref('int_months') }}
),

binding_values as (
    select * from {{ ref('int_incentives__binding_values') }}
),

read_windows as (
    select
        windows.program_version_id,
        windows.binding_id,
        windows.applies_from,
        windows.month_start,
        windows.is_base,
        windows.to_month,
        windows.window_count,
        binding_values.partner_id,
        binding_values.customer_id,
        binding_values.product_id,
        sum(binding_values.value) as total,
        sum(case when binding_values.month_start = windows.to_month then binding_values.value else 0 end) as last_value,
        max(case when binding_values.month_start = windows.to_month then 1 else 0 end) as has_last,
        {{ divided('sum(binding_values.value)', 'max(windows.window_months)') }} as mean_value,
        max(windows.aggregate) as aggregate,
        max(case when binding_values.is_incomplete then 1 else 0 end) as is_incomplete
    from windows
    -- month by month, so that values are found by their month and not compared with every window
    inner join months on windows.from_month <= months.month_start and windows.to_month >= months.month_start
    inner join binding_values
        on
            windows.program_version_id = binding_values.program_version_id
            and windows.binding_id = binding_values.binding_id
            and windows.applies_from = binding_values.applies_from
            and months.month_start = binding_values.month_start
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
),

aggregated as (
    select
        *,
        case aggregate when 'sum' then total when 'mean' then mean_value else last_value end as value
    from read_windows
    where aggregate <> 'last' or has_last = 1
),

sides as (
    select
        program_version_id,
        binding_id,
        applies_from,
        partner_id,
        customer_id,
        product_id,
        month_start,
        sum(case when is_base then 0 else value end) as current_value,
        {{ divided('sum(case when is_base then value else 0 end)', 'max(case when is_base then window_count else 1 end)') }}
            as compared_value,
        max(case when is_base then 0 else 1 end) as has_current,
        max(case when is_base then 1 else 0 end) as has_base,
        max(is_incomplete) as is_incomplete
    from aggregated
    group by 1, 2, 3, 4, 5, 6, 7
),

compared as (
    select
        sides.program_version_id,
        sides.binding_id,
        sides.partner_id,
        sides.customer_id,
        sides.product_id,
        sides.month_start,
        sides.current_value,
        sides.is_incomplete = 1 as is_incomplete,
        bound.floor_at_zero,
        bound.comparator,
        case bound.comparator
            when 'none' then null
            when 'fixed' then bound.comparator_value
            else sides.compared_value
        end as compared_value,
        sides.has_current = 1 as has_current,
        sides.has_base = 1 as has_base,
        bound.comparator in ('none', 'fixed') or sides.has_base = 1 or coalesce(bound.new_entity, 'zero_baseline') = 'zero_baseline'
            as is_counted
    from sides
    inner join bound
        on
            sides.program_version_id = bound.program_version_id
            and sides.binding_id = bound.binding_id
            and sides.applies_from = bound.applies_from
)

select
    program_version_id,
    binding_id,
    partner_id,
    customer_id,
    product_id,
    {{ money('current_value') }} as current_value,
    {{ money('compared_value') }} as compared_value,
    {{ money("case
        when comparator = 'none' then current_value
        when floor_at_zero then greatest(current_value - compared_value, 0)
        else current_value - compared_value
    end") }} as value,
    is_counted,
    has_current,
    has_base,
    is_incomplete,
    month_start
from compared
