-- The value that a program reads of a metric: a row a binding, partner and month in which the binding holds. What gates,
-- scorecards and rates look at, and what a statement shows. Where there is no value a reason stands beside it, and never
-- a nought.
with

bound as (
    select * from {{ ref('int_incentives__bound_metrics') }}
),

participants as (
    select * from {{ ref('int_incentives__participants') }}
),

partner_groups as (
    select * from {{ ref('int_incentives__partner_groups') }}
),

entities as (
    select * from {{ ref('int_incentives__entity_snapshots') }}
),

windows as (
    select
        program_version_id,
        binding_id,
        month_start,
        max(case when is_before_data then 1 else 0 end) = 1 as is_before_data
    from {{ ref('int_incentives__binding_windows') }}
    group by program_version_id, binding_id, month_start
),

totals as (
    select
        program_version_id,
        binding_id,
        partner_id,
        month_start,
        sum(case when is_counted then value end) as value,
        sum(case when is_counted then compared_value end) as compared_value,
        max(case when has_current then 1 else 0 end) as has_current,
        max(case when has_base then 1 else 0 end) as has_base,
        max(case when is_incomplete then 1 else 0 end) as is_incomplete
    from entities
    group by program_version_id, binding_id, partner_id, month_start
),

joined as (
    select
        bound.*,
        participants.partner_id,
        participants.month_start,
        windows.is_before_data,
        totals.value,
        totals.compared_value,
        coalesce(totals.has_current, 0) = 1 as has_current,
        coalesce(totals.has_base, 0) = 1 as has_base,
        coalesce(totals.is_incomplete, 0) = 1 as is_incomplete
    from bound
    inner join participants
        on
            bound.program_version_id = participants.program_version_id
            and bound.applies_from <= participants.month_start
            and bound.applies_to > participants.month_start
    inner join windows
        on
            bound.program_version_id = windows.program_version_id
            and bound.binding_id = windows.binding_id
            and participants.month_start = windows.month_start
    left join partner_groups on participants.partner_id = partner_groups.partner_id
    left join totals
        on
            bound.program_version_id = totals.program_version_id
            and bound.binding_id = totals.binding_id
            and participants.month_start = totals.month_start
            and totals.partner_id = case
                when bound.level = 'partner_group' then coalesce(partner_groups.group_id, participants.partner_id)
                else participants.partner_id
            end
),

compared as (
    select
        *,
        -- what is nothing now is compared all the same
        coalesce(value, case
            when comparator <> 'fixed' then 0
            when floor_at_zero then greatest(-comparator_value, 0)
            else -comparator_value
        end) as known_value,
        coalesce(compared_value, case when comparator = 'fixed' then comparator_value else 0 end) as base_value,
        comparator <> 'none' and coalesce(comparator_form, 'difference') = 'ratio' as is_growth_rate
    from joined
),

judged as (
    select
        *,
        case
            when not is_computed then 'metric_not_computed'
            when level = 'partner_group' and not is_additive and not is_distinct then 'not_additive'
            when is_incomplete then 'no_exchange_rate'
            when is_before_data then 'before_data'
            when not has_current and not is_nought_when_missing then 'no_value'
            when
                comparator not in ('none', 'fixed') and not has_base
                and (new_entity = 'excluded' or not is_nought_when_missing)
                then 'no_baseline'
            when is_growth_rate and base_value <= 0 then 'no_baseline'
        end as null_reason
    from compared
)

select
    program_id,
    program_version_id,
    binding_id,
    metric_id,
    metric_version,
    partner_id,
    null_reason,
    case
        when null_reason is not null then null
        when is_growth_rate then {{ divided('known_value', 'nullif(base_value, 0)') }}
        else known_value
    end as value,
    case when comparator <> 'none' and null_reason is null then base_value end as compared_value,
    is_money and not is_growth_rate as is_money,
    month_start
from judged
