-- Payouts after all limits. The last is the minimum that is paid: what does not reach it in the minimum's period is lost,
-- or waits until it does with what comes after. Money that waits stays in the period that it was earned in;
-- `let_go_on` says when the minimum was reached, and is empty while it is not.
with

payouts as (
    select * from {{ ref('int_incentives__limited_budgets') }}
),

minimums as (
    select * from {{ ref('int_incentives__limit_windows') }}
    where kind = 'minimum_payout'
),

held_against as (
    select
        payouts.*,
        minimums.limit_id as held_by,
        minimums.verification as limit_verification,
        minimums.on_breach,
        minimums.limit_amount,
        minimums.window_start,
        {{ limited_unit('payouts', 'minimums') }}
    from payouts
    inner join minimums
        on
            payouts.program_id = minimums.program_id
            and (minimums.lever_id is null or payouts.lever_id = minimums.lever_id)
            and payouts.period_end > minimums.window_start
            and payouts.period_end <= minimums.window_end
),

totals as (
    select
        {{ unit_columns() }},
        on_breach,
        limit_amount,
        period_end,
        sum(amount) as amount
    from held_against
    group by {{ unit_columns() }}, on_breach, limit_amount, period_end
),

added_up as (
    select
        *,
        sum(amount) over (in_window rows between unbounded preceding and current row) as total_so_far,
        {{ waiting_below('amount', 'limit_amount', 'since_start') }} as waiting
    from totals
    window
        in_window as (
            partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id, window_start
            order by period_end
        ),
        since_start as (
            partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id
            order by period_end
        )
),

-- once reached it stays so until the end of the minimum's period; money that is taken back waits for nothing
judged as (
    select
        *,
        case
            when on_breach = 'carry' then waiting = 0
            else total_so_far < 0 or max(total_so_far) over (
                partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id, window_start
                order by period_end
                rows between unbounded preceding and current row
            ) >= limit_amount
        end as is_let_go
    from added_up
),

dated as (
    select
        *,
        min(case when is_let_go then period_end end) over (
            partition by
                program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id,
                case when on_breach <> 'carry' then window_start end
            order by period_end
            rows between current row and unbounded following
        ) as let_go_on
    from judged
),

-- a line under several minimums waits for all of them
outcomes as (
    select
        held_against.program_version_id,
        held_against.lever_id,
        held_against.partner_id,
        coalesce(held_against.customer_id, '') as customer_key,
        coalesce(held_against.limit_id, '') as limit_key,
        held_against.period_start,
        held_against.period_end,
        min(held_against.limit_verification) as limit_verification,
        max(case when dated.let_go_on is null and held_against.on_breach <> 'carry' then 1 else 0 end) = 1 as is_forfeited,
        case when count(dated.let_go_on) = count(*) then max(dated.let_go_on) end as let_go_on
    from held_against
    inner join dated
        on {{ same_unit('held_against', 'dated') }} and held_against.period_end = dated.period_end
    group by
        held_against.program_version_id, held_against.lever_id, held_against.partner_id,
        coalesce(held_against.customer_id, ''), coalesce(held_against.limit_id, ''), held_against.period_start,
        held_against.period_end
)

select
    payouts.program_id,
    payouts.program_version_id,
    payouts.lever_id,
    payouts.partner_id,
    payouts.customer_id,
    payouts.limit_id,
    least(payouts.verification, coalesce(outcomes.limit_verification, payouts.verification)) as verification,
    payouts.base_amount,
    payouts.qualifying_value,
    payouts.rate,
    payouts.amount as amount_before,
    cast(case when coalesce(outcomes.is_forfeited, false) then 0 else payouts.amount end as {{ type_payout() }}) as amount,
    payouts.period_start,
    payouts.period_end,
    payouts.first_occurred_on,
    case when outcomes.lever_id is null then payouts.period_end else outcomes.let_go_on end as let_go_on
from payouts
left join outcomes
    on
        payouts.program_version_id = outcomes.program_version_id
        and payouts.lever_id = outcomes.lever_id
        and payouts.partner_id = outcomes.partner_id
        and coalesce(payouts.customer_id, '') = outcomes.customer_key
        and coalesce(payouts.limit_id, '') = outcomes.limit_key
        and payouts.period_start = outcomes.period_start
        and payouts.period_end = outcomes.period_end
