-- Guards the statement's identity: for every account and month opening + earned + adjusted - clawed back - paid is closing,
-- the opening is the closing of the month before, no month is left out, and what is open at the end is what the lines and
-- payments come to.
{{ config(meta={'dagster': {'ref': {'name': 'partner_incentive_balances_monthly'}}}) }}
with

balances as (
    select * from {{ ref('partner_incentive_balances_monthly') }}
),

lines as (
    select * from {{ ref('partner_incentive_statement_lines') }}
),

settlements as (
    select * from {{ source('incentive_ledger', 'settlements') }}
),

checked as (
    select
        *,
        coalesce(lag(closing_balance) over (
            partition by program_id, partner_id, payee_kind, payee_id, currency, bucket order by month_start
        ), 0) as closing_before,
        lag(month_start) over (
            partition by program_id, partner_id, payee_kind, payee_id, currency, bucket order by month_start
        ) as month_before
    from balances
),

owed as (
    select
        (select coalesce(sum(amount), 0) from lines) - (select coalesce(sum(amount), 0) from settlements) as by_lines,
        (select coalesce(sum(earned + adjusted - clawed_back - paid), 0) from balances) as by_balances
)

select
    program_id,
    partner_id,
    month_start,
    opening_balance,
    closing_balance
from checked
where
    opening_balance + earned + adjusted - clawed_back - paid <> closing_balance
    or opening_balance <> closing_before
    or {{ add_months('month_before', 1) }} <> month_start
union all
select
    'all of them' as program_id,
    null as partner_id,
    null as month_start,
    by_lines as opening_balance,
    by_balances as closing_balance
from owed
where by_lines <> by_balances
