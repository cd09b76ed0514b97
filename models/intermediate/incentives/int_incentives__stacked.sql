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
        case when period_levers.stacking_group is null then 'stack' else coalesce(period_levers.stacking, 'stack') end
            as stacking,
        period_levers.period_end
    from allocated
    inner join period_levers
        on
            allocated.program_version_id = period_levers.program_version_id
            and allocated.lever_id = period_levers.lever_id
            and allocated.period_start = period_levers.period_start
),

wholes as (
    select distinct
        program_version_id,
        stacking_group,
        partner_id,
        period_end
    from placed
    where stacking_group is not null and customer_id is null and amount <> 0
),

contested as (
    select
        placed.*,
        case when wholes.partner_id is null then coalesce(placed.customer_id, '') else '' end as contest
    from placed
    left join wholes
        on
            placed.program_version_id = wholes.program_version_id
            and placed.stacking_group = wholes.stacking_group
            and placed.partner_id = wholes.partner_id
            and placed.period_end = wholes.period_end
    where placed.stacking <> 'stack'
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
),

-- most levers exclude none: what they allocate goes on as it is
chosen as (
    select
        contested.*,
        ranked.choice
    from contested
    inner join ranked
        on
            contested.program_version_id = ranked.program_version_id
            and contested.stacking_group = ranked.stacking_group
            and contested.lever_id = ranked.lever_id
            and contested.partner_id = ranked.partner_id
            and contested.contest = ranked.contest
            and contested.period_end = ranked.period_end
    union all
    select
        placed.*,
        cast(null as {{ dbt.type_string() }}) as contest,
        1 as choice
    from placed
    where placed.stacking = 'stack'
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    cast(null as {{ dbt.type_string() }}) as limit_id,
    verification,
    base_amount,
    qualifying_value,
    rate,
    amount as allocated_amount,
    case when choice = 1 then amount else 0 end as amount,
    choice > 1 as is_outdone,
    period_start,
    period_end,
    first_occurred_on
from chosen
