-- What programs read: each binding of each version that counts, with the metric's nature and the months before the
-- version's time that its window and its comparison reach back to. Nothing else is computed for programs.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

bindings as (
    select * from {{ ref('metric_bindings') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

metrics as (
    select * from {{ ref('int_incentives__available_metrics') }}
)

select
    versions.program_id,
    versions.program_version_id,
    bindings.binding_id,
    bindings.metric_id,
    bindings.metric_version,
    versions.currency,
    bindings.level,
    bindings.time_window,
    bindings.aggregate,
    bindings.comparator,
    bindings.comparator_value,
    bindings.comparator_form,
    bindings.new_entity,
    bindings.offer_set_id,
    bindings.credential_id,
    bindings.condition_key,
    bindings.verification,
    case bindings.time_window
        when 'month' then 1
        when 'quarter' then 3
        when 'since_start' then 1200
        else 12
    end
    + case bindings.comparator
        when 'prior_month' then 1
        when 'same_month_last_year' then 12
        when 'prior_4_quarters' then 12
        else 0
    end as reach_months,
    metrics.metric_id is not null as is_computed,
    coalesce(metrics.has_lines, false) as has_lines,
    coalesce(metrics.is_money, false) as is_money,
    coalesce(metrics.is_state, false) as is_state,
    coalesce(metrics.is_additive, false) as is_additive,
    coalesce(metrics.is_distinct, false) as is_distinct,
    coalesce(metrics.is_nought_when_missing, false) as is_nought_when_missing,
    coalesce(bindings.floor_at_zero, false) as floor_at_zero,
    -- the first month that the version holds for
    {{ add_months(month_of(dbt.dateadd('day', -1, 'versions.applies_from')), 1) }} as version_from,
    greatest(versions.applies_from, coalesce(bindings.valid_from, versions.applies_from)) as applies_from,
    least(versions.applies_to, coalesce(bindings.valid_to, versions.applies_to)) as applies_to
from versions
inner join bindings
    on
        versions.program_version_id = bindings.program_version_id
        and {{ rule_is_known('bindings', 'versions.known_on') }}
-- a version that begins after the data has nothing to read
inner join as_of on versions.applies_from <= as_of.last_complete_month
left join metrics
    on bindings.metric_id = metrics.metric_id and bindings.metric_version = metrics.metric_version
