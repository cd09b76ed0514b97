-- What is left where levers of a group exclude each other: of a customer's amounts the best one, or the first that pays
-- anything. Where one of the levers pays the partner as a whole, they are compared as a whole.
with

allocated as (
    select * from {{ ref('int_incentives__allocated') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

placed as (
    select
        allocated.*,
        period_levers.stacking_group,
        case when period_levers.stacking_group is null then 'stack' else period_levers.stacking end as stacking,
        period_levers.period_end,
        max(case when allocated.customer_id is null and allocated.amount <> 0 then 1 else 0 end) over (
            partition by
                allocated.program_version_id, period_levers.stacking_group, allocated.partner_id, period_levers.period_end
        ) = 1 as is_as_a_whole
    from allocated
    inner join period_levers
        on
            allocated.program_version_id = period_levers.program_version_id
            and allocated.lever_id = period_levers.lever_id
            and allocated.period_start = period_levers.period_start
),

contested as (
    select
        *,
        case when is_as_a_whole then '' else coalesce(customer_id, '') end as contest
    from placed
),

competing as (
    select
        program_version_id,
        stacking_group,
        stacking,
        lever_id,
        partner_id,
        contest,
        sum(amount) as amount,
        period_end
    from contested
    where stacking <> 'stack'
    group by program_version_id, stacking_group, stacking, lever_id, partner_id, contest, period_end
),

ranked as (
    select
        *,
        row_number() over (
            partition by program_version_id, stacking_group, partner_id, contest, period_end
            order by
                case when stacking = 'best_of' then amount when amount <> 0 then 1 else 0 end desc,
                lever_id
        ) as choice
    from competing
)

select
    contested.program_id,
    contested.program_version_id,
    contested.lever_id,
    contested.partner_id,
    contested.customer_id,
    cast(null as {{ dbt.type_string() }}) as limit_id,
    contested.verification,
    contested.base_amount,
    contested.qualifying_value,
    contested.rate,
    contested.amount as allocated_amount,
    case when coalesce(ranked.choice, 1) = 1 then contested.amount else 0 end as amount,
    coalesce(ranked.choice, 1) > 1 as is_outdone,
    contested.period_start,
    contested.period_end,
    contested.first_occurred_on
from contested
left join ranked
    on
        contested.stacking <> 'stack'
        and contested.program_version_id = ranked.program_version_id
        and contested.stacking_group = ranked.stacking_group
        and contested.lever_id = ranked.lever_id
        and contested.partner_id = ranked.partner_id
        and contested.contest = ranked.contest
        and contested.period_end = ranked.period_end
