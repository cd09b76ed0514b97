-- What the value of a binding in a month is made of, so that pay can be followed to its evidence: the credited lines of
-- that month; of comparisons customer by customer, a row a customer (and product) with then, now and the difference; of
-- comparisons of a whole partner and of what is only told by partner, one row without a customer. A partner is paid on
-- its own lines, also where its group is what qualifies.
with

bound as (
    select * from {{ ref('int_incentives__bound_metrics') }}
),

numbered as (
    select
        *,
        -- of metrics that count customers each customer is one line
        row_number() over (
            partition by program_version_id, binding_id, partner_id, customer_id, month_start
            order by product_id, source_id, occurred_on
        ) as place
    from {{ ref('int_incentives__binding_lines') }}
    where comparator = 'none' and is_in_force
),

entities as (
    select * from {{ ref('int_incentives__entity_snapshots') }}
    where customer_id is not null and is_counted and not is_incomplete
),

snapshots as (
    select * from {{ ref('int_incentives__metric_snapshots') }}
    where value is not null
)

select
    program_id,
    program_version_id,
    binding_id,
    metric_id,
    metric_version,
    partner_id,
    customer_id,
    product_id,
    partner_role,
    condition_key,
    source_type,
    source_id,
    case when is_distinct then cast(1 as {{ type_money() }}) else amount end as amount,
    cast(null as {{ type_money() }}) as current_value,
    cast(null as {{ type_money() }}) as compared_value,
    month_start,
    occurred_on
from numbered
where place = 1 or not is_distinct
union all
select
    bound.program_id,
    bound.program_version_id,
    bound.binding_id,
    bound.metric_id,
    bound.metric_version,
    entities.partner_id,
    entities.customer_id,
    entities.product_id,
    null as partner_role,
    bound.condition_key,
    'comparison' as source_type,
    bound.comparator as source_id,
    entities.value as amount,
    entities.current_value,
    entities.compared_value,
    entities.month_start,
    {{ last_day_of_month('entities.month_start') }} as occurred_on
from bound
inner join entities
    on
        bound.program_version_id = entities.program_version_id
        and bound.binding_id = entities.binding_id
        and bound.applies_from <= entities.month_start
        and bound.applies_to > entities.month_start
where bound.comparator <> 'none' and entities.value <> 0
union all
select
    bound.program_id,
    bound.program_version_id,
    bound.binding_id,
    bound.metric_id,
    bound.metric_version,
    snapshots.partner_id,
    null as customer_id,
    null as product_id,
    null as partner_role,
    bound.condition_key,
    'metric_snapshot' as source_type,
    case when bound.comparator <> 'none' then bound.comparator end as source_id,
    snapshots.value as amount,
    case when bound.comparator <> 'none' then snapshots.compared_value + snapshots.value end as current_value,
    snapshots.compared_value,
    snapshots.month_start,
    {{ last_day_of_month('snapshots.month_start') }} as occurred_on
from bound
inner join snapshots
    on
        bound.program_version_id = snapshots.program_version_id
        and bound.binding_id = snapshots.binding_id
        and bound.applies_from <= snapshots.month_start
        and bound.applies_to > snapshots.month_start
where
    (not bound.has_lines and bound.level <> 'partner_group')
    or (bound.comparator <> 'none' and bound.level = 'partner')
