{# The steps after a lever has paid. Reads the CTEs of int_incentives__share_steps; each step has the same columns. #}
{% macro share_steps() -%}
    {{ explained_step(
        'payouts', 'share', 100, 'levers', 'lever_id',
        "case when customer_id is null then 'For no single customer' else 'Falls to this customer, by the base' end",
        measure='base_amount', amount='allocated_amount', where='allocated_amount <> 0'
    ) }}
    union all
    {{ explained_step(
        'payouts', 'stacking', 110, 'levers', 'lever_id', "'Another lever of the group pays instead'",
        measure='allocated_amount', amount='amount', where='allocated_amount <> amount'
    ) }}
    union all
    {{ explained_step(
        'cut', 'limit', 120, 'limits', 'limit_windows.limit_id', limit_text('limit_windows'),
        measure='cut.amount', rule_value='limit_windows.limit_amount', amount='cut.limited_amount', relation='cut',
        joined="inner join limit_windows
        on
            cut.program_id = limit_windows.program_id
            and (limit_windows.lever_id is null or cut.lever_id = limit_windows.lever_id)
            and cut.period_end > limit_windows.window_start
            and cut.period_end <= limit_windows.window_end
            and case
                when limit_windows.kind = 'minimum_payout' and limit_windows.on_breach = 'carry' then cut.is_waiting
                else cut.amount <> cut.limited_amount
            end"
    ) }}
    union all
    {{ explained_step(
        'limited', 'limit', 125, 'limits', 'limit_id',
        "case when amount > 0 then 'Kept back by this limit earlier, or topped up to it, and paid now' else 'Kept back by this limit until later' end",
        amount='amount', where='limit_id is not null and amount <> 0'
    ) }}
    union all
    {{ explained_step(
        'splits_with_percent', 'split', 130, 'payout_splits', rule_key(['lever_id', 'split_order']),
        "'The part of all customers that goes to ' || bucket || coalesce(' ' || fund_wallet_id, '')",
        measure='line_amount', rule_value='percent', amount='amount', customer='null', bucket='bucket'
    ) }}
    union all
    {{ explained_step(
        'payee_lines', 'payee', 140, 'levers', 'lever_id',
        "case when payee_id = 'unassigned' then 'No ' || replace(payee_kind, '_', ' ') || ' stands behind it' "
        ~ "else 'The share of this ' || replace(payee_kind, '_', ' ') end",
        amount='amount', bucket='bucket', payee='payee_id'
    ) }}
    {%- for bucket, sign in [('fund', '-'), ('rebate', '')] %}
    union all
    {{ explained_step(
        'fund_earnings', 'fund', 150, 'fund_wallets', 'fund_wallet_id',
        "case outcome when 'forfeit' then 'The fund stayed below its threshold and is lost' "
        ~ "else 'The fund stayed below its threshold and is turned into a rebate' end",
        measure='earned', amount=sign ~ 'earned', customer='null', bucket="'" ~ bucket ~ "'",
        period_start='last_period_start', period_end='last_period_end',
        where="outcome = 'convert_to_rebate'" if bucket == 'rebate' else none
    ) }}
    {%- endfor %}
    union all
    {{ explained_step(
        'taken_back', 'clawback', 170, 'clawback_rules', 'clawback_rule_id',
        "'Taken back: ' || replace(trigger, '_', ' ') || ' on ' || cast(occurred_on as " ~ dbt.type_string() ~ ") || ', ' || replace(method, '_', ' ')",
        measure='paid_amount', amount='-recovered_amount', bucket='bucket', payee='payee_id'
    ) }}
{%- endmacro %}

{# One step of each row of a relation, in the columns that all steps have. Empty where it concerns all customers, buckets or
   payees of the payout. #}
{% macro explained_step(
    from_table, step, place, rule_table, rule_id, explanation, measure='null', rule_value='null', amount='null',
    customer='customer_id', bucket='null', payee='null', period_start='period_start', period_end='period_end',
    relation='', joined='', where=none
) -%}
{%- set of = relation ~ '.' if relation else '' -%}
select
    {{ of }}program_id,
    {{ of }}program_version_id,
    {{ of }}lever_id,
    {{ of }}partner_id,
    cast({{ of if customer != 'null' }}{{ customer }} as {{ dbt.type_string() }}) as customer_id,
    cast({{ bucket }} as {{ dbt.type_string() }}) as bucket,
    cast({{ payee }} as {{ dbt.type_string() }}) as payee_id,
    '{{ step }}' as step,
    {{ place }} as step_place,
    '{{ rule_table }}' as rule_table,
    {{ rule_id }} as rule_id,
    {{ explanation }} as explanation,
    cast({{ measure }} as {{ type_money() }}) as measure,
    cast({{ rule_value }} as {{ type_money() }}) as rule_value,
    cast({{ amount }} as {{ type_money() }}) as amount,
    {{ of }}{{ period_start }} as period_start,
    {{ of }}{{ period_end }} as period_end
from {{ from_table }}
{{ joined }}
{{ 'where ' ~ where if where }}
{%- endmacro %}

{# What a limit does. Reads a row of int_incentives__limit_windows. #}
{% macro limit_text(limit) -%}
    case
        when {{ limit }}.kind = 'cap' then 'No more than the cap'
        when {{ limit }}.on_breach = 'carry' then 'Waits until the minimum is reached'
        else 'Not paid below the minimum'
    end
    || ' for each ' || case {{ limit }}.level when 'line' then 'lever and customer' else {{ limit }}.level end
    || case
        when {{ limit }}.on_breach = 'pro_rata_budget' then '; all are cut alike'
        when {{ limit }}.kind = 'cap' and {{ limit }}.on_breach = 'carry' then '; the rest is kept for later'
        when {{ limit }}.on_breach = 'carry' then ''
        else '; the rest is not paid'
    end
{%- endmacro %}
