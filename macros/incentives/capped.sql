{# The lines of a relation after the caps and floors of some levels. Each limit looks at the lines that stand under it together (of
   a lever and customer, of a customer, of a partner, of the program) in its own period, in the order in which the periods
   of the levers end; what it leaves is shared in proportion, to the cent. Where several limits hold, the tightest counts.
   What was kept back and is paid now, and what a floor tops up, is a line of its own. #}
{% macro capped(relation, levels) -%}
with

payouts as (
    select * from {{ relation }}
),

windows as (
    select * from {{ ref('int_incentives__limit_windows') }}
    where kind in ('cap', 'floor') and level in ('{{ levels | join("', '") }}')
),

held_against as (
    select
        payouts.*,
        windows.limit_id as held_by,
        windows.verification as limit_verification,
        windows.kind,
        windows.on_breach,
        windows.limit_amount,
        windows.is_complete,
        windows.window_start,
        windows.window_end,
        {{ limited_unit('payouts', 'windows') }},
        -- what is carried is settled once a period of the limit, the rest whenever a lever's period ends
        case when windows.on_breach = 'carry' then windows.window_end else payouts.period_end end as settled_on
    from payouts
    inner join windows
        on
            payouts.program_id = windows.program_id
            and (windows.lever_id is null or payouts.lever_id = windows.lever_id)
            and payouts.period_end > windows.window_start
            and payouts.period_end <= windows.window_end
),

totals as (
    select
        {{ unit_columns() }},
        settled_on,
        program_version_id,
        kind,
        on_breach,
        limit_verification,
        limit_amount,
        is_complete,
        window_end,
        min(lever_id) as lever_id,
        sum(amount) as amount
    from held_against
    group by
        {{ unit_columns() }}, settled_on, program_version_id, kind, on_breach, limit_verification, limit_amount, is_complete, window_end
),

-- what was carried may be paid in a period without lines
carrying as (
    select
        program_id,
        held_by,
        unit_partner_id,
        unit_customer_id,
        unit_lever_id,
        min(lever_id) as lever_id,
        min(window_start) as first_window
    from held_against
    where on_breach = 'carry'
    group by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id
),

quiet_periods as (
    select
        carrying.program_id,
        carrying.held_by,
        carrying.unit_partner_id,
        carrying.unit_customer_id,
        carrying.unit_lever_id,
        windows.window_start,
        windows.window_end as settled_on,
        windows.program_version_id,
        windows.kind,
        windows.on_breach,
        windows.verification as limit_verification,
        windows.limit_amount,
        windows.is_complete,
        windows.window_end,
        carrying.lever_id,
        0 as amount
    from carrying
    inner join windows
        on
            carrying.program_id = windows.program_id
            and carrying.held_by = windows.limit_id
            and carrying.first_window < windows.window_start
    left join totals
        on
            carrying.program_id = totals.program_id
            and carrying.held_by = totals.held_by
            and carrying.unit_partner_id = totals.unit_partner_id
            and carrying.unit_customer_id = totals.unit_customer_id
            and carrying.unit_lever_id = totals.unit_lever_id
            and windows.window_start = totals.window_start
    where totals.held_by is null
),

all_totals as (
    select * from totals
    union all
    select * from quiet_periods
),

added_up as (
    select
        *,
        sum(amount) over (in_window rows between unbounded preceding and current row) as total_so_far,
        sum(amount - limit_amount) over (since_start rows between unbounded preceding and current row) as over_so_far,
        row_number() over (
            partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id, window_start
            order by settled_on desc
        ) = 1 as is_last_of_window
    from all_totals
    window
        in_window as (
            partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id, window_start
            order by settled_on
        ),
        since_start as (
            partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id
            order by settled_on
        )
),

judged as (
    select
        *,
        -- what may be paid of the period so far
        case
            when kind = 'cap' then least(total_so_far, limit_amount)
            when kind = 'floor' and is_last_of_window and is_complete then greatest(total_so_far, limit_amount)
            else total_so_far
        end as payable_so_far,
        -- what waits at the end of it
        over_so_far - least(0, min(over_so_far) over (
            partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id
            order by settled_on
            rows between unbounded preceding and current row
        )) as waiting
    from added_up
),

settled as (
    select
        *,
        case
            when on_breach = 'carry' then amount - waiting + coalesce(lag(waiting) over (
                partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id
                order by settled_on
            ), 0)
            else payable_so_far - coalesce(lag(payable_so_far) over (
                partition by program_id, held_by, unit_partner_id, unit_customer_id, unit_lever_id, window_start
                order by settled_on
            ), 0)
        end as paid
    from judged
),

-- less than the lines are: they are cut; more: the difference is a line of its own
compared as (
    select
        *,
        paid between 0 and amount or paid between amount and 0 as is_within_lines
    from settled
),

shared as (
    select
        held_against.*,
        compared.paid,
        compared.amount as total_amount,
        compared.is_within_lines,
        sum(held_against.amount) over (
            partition by {{ unit_columns('held_against') }}, held_against.settled_on
            order by held_against.lever_id, held_against.partner_id, coalesce(held_against.customer_id, ''),
                coalesce(held_against.limit_id, ''), held_against.period_start
            rows between unbounded preceding and current row
        ) as amount_so_far
    from held_against
    inner join compared
        on {{ same_unit('held_against', 'compared') }} and held_against.settled_on = compared.settled_on
),

left_of_lines as (
    select
        program_version_id,
        lever_id,
        partner_id,
        coalesce(customer_id, '') as customer_key,
        coalesce(limit_id, '') as limit_key,
        period_start,
        period_end,
        min(limit_verification) as limit_verification,
        min(case
            when not is_within_lines then amount
            else {{ allocated_cents('paid', 'amount', 'amount_so_far', 'total_amount') }}
        end) as amount
    from shared
    group by
        program_version_id, lever_id, partner_id, coalesce(customer_id, ''), coalesce(limit_id, ''), period_start, period_end
)

select
    payouts.program_id,
    payouts.program_version_id,
    payouts.lever_id,
    payouts.partner_id,
    payouts.customer_id,
    payouts.limit_id,
    least(payouts.verification, coalesce(left_of_lines.limit_verification, payouts.verification)) as verification,
    payouts.base_amount,
    payouts.qualifying_value,
    payouts.rate,
    payouts.amount as amount_before,
    cast(coalesce(left_of_lines.amount, payouts.amount) as {{ type_payout() }}) as amount,
    payouts.period_start,
    payouts.period_end,
    payouts.first_occurred_on
from payouts
left join left_of_lines
    on
        payouts.program_version_id = left_of_lines.program_version_id
        and payouts.lever_id = left_of_lines.lever_id
        and payouts.partner_id = left_of_lines.partner_id
        and coalesce(payouts.customer_id, '') = left_of_lines.customer_key
        and coalesce(payouts.limit_id, '') = left_of_lines.limit_key
        and payouts.period_start = left_of_lines.period_start
        and payouts.period_end = left_of_lines.period_end
union all
select
    program_id,
    program_version_id,
    lever_id,
    unit_partner_id as partner_id,
    nullif(unit_customer_id, '') as customer_id,
    held_by as limit_id,
    limit_verification as verification,
    cast(0 as {{ type_money() }}) as base_amount,
    cast(null as {{ type_money() }}) as qualifying_value,
    cast(null as decimal(18, 6)) as rate,
    cast(0 as {{ type_payout() }}) as amount_before,
    cast(paid - amount as {{ type_payout() }}) as amount,
    window_start as period_start,
    window_end as period_end,
    cast(null as date) as first_occurred_on
from compared
where not is_within_lines and paid <> amount
{%- endmacro %}

{# Whose lines stand under a limit together, by the limit's level. #}
{% macro limited_unit(payouts, limits) -%}
    case when {{ limits }}.level <> 'program' then {{ payouts }}.partner_id else '' end as unit_partner_id,
        case when {{ limits }}.level in ('line', 'customer') then coalesce({{ payouts }}.customer_id, '') else '' end
            as unit_customer_id,
        case when {{ limits }}.level = 'line' then {{ payouts }}.lever_id else '' end as unit_lever_id
{%- endmacro %}

{# What a limit's lines are looked at together by. #}
{% macro unit_columns(relation='') -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {{ prefix }}program_id, {{ prefix }}held_by, {{ prefix }}unit_partner_id, {{ prefix }}unit_customer_id,
        {{ prefix }}unit_lever_id, {{ prefix }}window_start
{%- endmacro %}

{# The same limit, unit and period of the limit on both sides. #}
{% macro same_unit(one, other) -%}
    {%- for column in ['program_id', 'held_by', 'unit_partner_id', 'unit_customer_id', 'unit_lever_id', 'window_start'] -%}
        {{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
