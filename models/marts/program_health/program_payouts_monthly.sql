{{ config(schema='certified') }}
-- What each program pays for, a row a program, kind of payee and month: earned, adjusted and taken back together, in the
-- month that the line counts in. What a period that is not over has earned so far is no payout yet, and what nobody stands
-- behind is paid to nobody.
with

lines as (
    select * from {{ ref('partner_incentive_statement_lines') }}
    where payee_id <> 'unassigned'
),

levers as (
    select * from {{ ref('incentive_levers') }}
),

programs as (
    select
        program_id,
        max(program_name) as program_name
    from {{ ref('incentive_programs') }}
    group by program_id
),

months as (
    select month_start from {{ ref('int_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

valued as (
    select
        lines.program_id,
        lines.payee_kind,
        lines.verification,
        coalesce(levers.pays_on, 'unclassified') as pays_on,
        {{ in_reporting_currency(money('lines.amount'), 'rates', type_money()) }} as amount,
        months.month_start
    from lines
    inner join months on lines.posted_period = months.month_start
    left join levers
        on lines.program_version_id = levers.program_version_id and lines.lever_id = levers.lever_id
    left join rates on lines.currency = rates.currency and lines.posted_period = rates.month_start
),

summed as (
    select
        program_id,
        payee_kind,
        min(verification) as verification,
        {%- for nature in ['lasting_value', 'direct_revenue', 'unclassified'] %}
            {{ money("sum(case when pays_on = '" ~ nature ~ "' then amount else 0 end)") }} as {{ nature }}_payout,
        {%- endfor %}
        {{ money('sum(amount)') }} as payout,
        month_start
    from valued
    group by program_id, payee_kind, month_start
)

select
    summed.program_id,
    programs.program_name,
    summed.payee_kind,
    '{{ var("reporting_currency") }}' as reporting_currency,
    summed.verification,
    summed.lasting_value_payout,
    summed.direct_revenue_payout,
    summed.unclassified_payout,
    summed.payout,
    summed.month_start
from summed
left join programs on summed.program_id = programs.program_id
