{{ config(schema='certified') }}
{%- set account = ['program_id', 'partner_id', 'payee_id', 'payee_kind', 'bucket', 'currency'] %}
-- What each payee is owed, month by month: opening + earned + adjusted - clawed back - paid = closing. An account has every
-- month from its first line to its last, and on to today while anything is open. It may be below nothing: what was taken
-- back and not yet offset is carried.
with

lines as (
    select * from {{ ref('partner_incentive_statement_lines') }}
),

settlements as (
    select * from {{ source('incentive_ledger', 'settlements') }}
),

as_of as (
    select {{ month_of('as_of_date') }} as current_month from {{ ref('int_as_of') }}
),

calendar as (
    {{ dbt.date_spine('month', "cast('1990-01-01' as date)", "cast('2100-01-01' as date)") }}
),

changes as (
    select
        {{ account | join(',\n        ') }},
        entry as kind,
        amount,
        posted_period as month_start
    from lines
    union all
    select
        {% for column in account %}lines.{{ column }},
        {% endfor -%}
        'paid' as kind,
        settlements.amount,
        {{ month_of('settlements.paid_on') }} as month_start
    from settlements
    inner join lines on settlements.statement_line_id = lines.statement_line_id
),

summed as (
    select
        {{ account | join(',\n        ') }},
        sum(case when kind = 'earned' then amount else 0 end) as earned,
        sum(case when kind = 'adjusted' then amount else 0 end) as adjusted,
        -- lines that take back stand below nothing
        -sum(case when kind = 'clawed_back' then amount else 0 end) as clawed_back,
        sum(case when kind = 'paid' then amount else 0 end) as paid,
        month_start
    from changes
    group by {{ account | join(', ') }}, month_start
),

spans as (
    select
        {{ account | join(',\n        ') }},
        min(month_start) as first_month,
        max(month_start) as last_month
    from summed
    group by {{ account | join(', ') }}
),

account_months as (
    select
        spans.*,
        cast(calendar.date_month as date) as month_start
    from spans
    cross join as_of
    inner join calendar
        on
            spans.first_month <= cast(calendar.date_month as date)
            and greatest(spans.last_month, as_of.current_month) >= cast(calendar.date_month as date)
),

dense as (
    select
        account_months.*,
        coalesce(summed.earned, 0) as earned,
        coalesce(summed.adjusted, 0) as adjusted,
        coalesce(summed.clawed_back, 0) as clawed_back,
        coalesce(summed.paid, 0) as paid
    from account_months
    left join summed
        on
            account_months.month_start = summed.month_start
            {%- for column in account %}
                and account_months.{{ column }} = summed.{{ column }}
            {%- endfor %}
),

carried as (
    select
        *,
        sum(earned + adjusted - clawed_back - paid) over (
            partition by {{ account | join(', ') }} order by month_start
            rows between unbounded preceding and current row
        ) as closing_balance
    from dense
)

select
    {{ account | join(',\n    ') }},
    cast(closing_balance - (earned + adjusted - clawed_back - paid) as {{ type_payout() }}) as opening_balance,
    cast(earned as {{ type_payout() }}) as earned,
    cast(adjusted as {{ type_payout() }}) as adjusted,
    cast(clawed_back as {{ type_payout() }}) as clawed_back,
    cast(paid as {{ type_payout() }}) as paid,
    cast(closing_balance as {{ type_payout() }}) as closing_balance,
    month_start
from carried
where month_start <= last_month or closing_balance <> 0
