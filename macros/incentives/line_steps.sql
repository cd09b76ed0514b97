{# The steps of a line after its lever has paid, one after the other. Reads the CTEs of int_incentives__line_steps. A step
   that changed nothing is left out, except the hold, which says from when it may be paid. #}
{% macro line_steps() -%}
{%- set none = 'cast(null as ' ~ type_money() ~ ')' %}
select
    line_key,
    'share' as step,
    100 as step_place,
    'levers' as rule_table,
    lever_id as rule_id,
    case
        when customer_id is null then 'The partner''s own: it is for no single customer'
        else 'What falls to this customer of the payout, by the base'
    end as explanation,
    {{ none }} as measure,
    {{ none }} as rule_value,
    cast(allocated_amount as {{ type_money() }}) as amount
from of_customers
union all
select
    line_key,
    'stacking',
    110,
    'levers',
    lever_id,
    'Another lever of the group pays instead',
    cast(allocated_amount as {{ type_money() }}),
    {{ none }},
    cast(stacked_amount as {{ type_money() }})
from of_customers
where stacked_amount <> allocated_amount
union all
-- several limits may hold; the amount is what all of them leave
select
    of_customers.line_key,
    'limit',
    120,
    'limits',
    limit_windows.limit_id,
    {{ limit_text('limit_windows') }},
    cast(of_customers.stacked_amount as {{ type_money() }}),
    cast(limit_windows.limit_amount as {{ type_money() }}),
    cast(of_customers.limited_amount as {{ type_money() }})
from of_customers
inner join limit_windows
    on
        of_customers.program_id = limit_windows.program_id
        and (limit_windows.lever_id is null or of_customers.lever_id = limit_windows.lever_id)
        and of_customers.period_end > limit_windows.window_start
        and of_customers.period_end <= limit_windows.window_end
where of_customers.limited_amount <> of_customers.stacked_amount and limit_windows.kind <> 'floor'
union all
select
    lines.line_key,
    'limit',
    125,
    'limits',
    limited.limit_id,
    case
        when limited.amount > 0 then 'Kept back by this limit earlier or topped up to it, and paid now'
        else 'Kept back by this limit until a later period'
    end,
    {{ none }},
    {{ none }},
    cast(limited.amount as {{ type_money() }})
from lines
inner join limited
    on
        lines.program_version_id = limited.program_version_id
        and lines.lever_id = limited.lever_id
        and lines.partner_id = limited.partner_id
        and coalesce(lines.customer_id, '') = coalesce(limited.customer_id, '')
        and lines.period_start = limited.period_start
        and lines.period_end = limited.period_end
where limited.limit_id is not null and limited.amount <> 0
union all
select
    line_key,
    'split',
    130,
    'payout_splits',
    {{ rule_key(['lever_id', 'split_order']) }},
    'The part that goes to ' || bucket || coalesce(' ' || fund_wallet_id, ''),
    cast(line_amount as {{ type_money() }}),
    {{ none }},
    cast(part_amount as {{ type_money() }})
from of_lines
union all
select
    line_key,
    'payee',
    140,
    'levers',
    lever_id,
    case
        when payee_id = 'unassigned' then 'No ' || replace(payee_kind, '_', ' ') || ' stands behind it'
        else 'The share of this ' || replace(payee_kind, '_', ' ')
    end,
    cast(sum(part_amount) as {{ type_money() }}),
    {{ none }},
    cast(max(amount) as {{ type_money() }})
from of_lines
where payee_kind <> 'company'
group by line_key, lever_id, payee_kind, payee_id
union all
select
    lines.line_key,
    'fund',
    150,
    'fund_wallets',
    fund_earnings.fund_wallet_id,
    case
        when lines.bucket = 'rebate' then 'The fund stayed below its threshold and is paid as a rebate'
        when fund_earnings.outcome = 'forfeit' then 'The fund stayed below its threshold and is lost'
        else 'The fund stayed below its threshold and is turned into a rebate'
    end,
    {{ none }},
    {{ none }},
    cast(case when lines.bucket = 'rebate' then fund_earnings.earned else -fund_earnings.earned end as {{ type_money() }})
from lines
inner join fund_earnings
    on
        lines.program_id = fund_earnings.program_id
        and lines.lever_id = fund_earnings.lever_id
        and lines.partner_id = fund_earnings.partner_id
        and lines.customer_id is null
        and lines.payee_kind = 'company'
        and lines.period_start = fund_earnings.last_period_start
        and lines.period_end = fund_earnings.last_period_end
        and (
            (lines.bucket = 'fund' and lines.fund_wallet_id = fund_earnings.fund_wallet_id)
            or (lines.bucket = 'rebate' and fund_earnings.outcome = 'convert_to_rebate')
        )
union all
select
    lines.line_key,
    'hold',
    160,
    'levers',
    lines.lever_id,
    'May be paid from ' || cast(lines.payable_from as {{ dbt.type_string() }}),
    {{ none }},
    cast(period_levers.hold_days as {{ type_money() }}),
    cast(lines.amount as {{ type_money() }})
from lines
left join period_levers
    on
        lines.program_version_id = period_levers.program_version_id
        and lines.lever_id = period_levers.lever_id
        and lines.period_end > period_levers.period_start
        and lines.period_end <= period_levers.period_end
union all
select
    line_key,
    'clawback',
    170,
    'clawback_rules',
    clawback_rule_id,
    'Taken back: ' || replace(trigger, '_', ' ') || ' on ' || cast(occurred_on as {{ dbt.type_string() }}) || ', '
    || replace(method, '_', ' '),
    cast(paid_amount as {{ type_money() }}),
    {{ none }},
    cast(-recovered_amount as {{ type_money() }})
from clawbacks
{%- endmacro %}

{# What a limit does. Reads a row of int_incentives__limit_windows. #}
{% macro limit_text(limit) -%}
    case {{ limit }}.kind when 'cap' then 'No more than the cap' else 'Not paid below the minimum' end
    || ' for each ' || case {{ limit }}.level when 'line' then 'lever and customer' else {{ limit }}.level end
    || case {{ limit }}.on_breach
        when 'carry' then '; the rest is kept for later'
        when 'pro_rata_budget' then '; all are cut alike'
        else '; the rest is not paid'
    end
{%- endmacro %}
