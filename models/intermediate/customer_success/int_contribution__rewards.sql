-- What programs gave to each kind of payee in the twelve months to each month's end, in reporting currency: earned, adjusted
-- and taken back. Lines that nobody stands behind are paid to nobody and left out. A row a kind of payee and month.
with

lines as (
    select * from {{ ref('partner_incentive_statement_lines') }}
    where payee_id <> 'unassigned'
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

months as (
    select * from {{ ref('int_months') }}
),

roles as (
    select distinct role_id from {{ ref('contribution_roles') }}
    union all
    select 'partner_staff' as role_id
    union all
    select 'company' as role_id
),

converted as (
    select
        lines.payee_kind as role_id,
        {{ in_reporting_currency(money('lines.amount'), 'rates', type_money()) }} as amount,
        case when lines.verification = 'verified' then 0 else 1 end as illustrative,
        case when rates.currency is null then 1 else 0 end as unconverted,
        lines.posted_period as month_start
    from lines
    left join rates on lines.currency = rates.currency and lines.posted_period = rates.month_start
),

monthly as (
    select
        roles.role_id,
        count(converted.role_id) as lines,
        coalesce(sum(converted.amount), 0) as amount,
        coalesce(sum(converted.illustrative), 0) as illustrative,
        coalesce(sum(converted.unconverted), 0) as unconverted,
        months.month_start
    from months
    cross join roles
    left join converted on roles.role_id = converted.role_id and months.month_start = converted.month_start
    group by roles.role_id, months.month_start
)

select
    role_id,
    sum(lines) over last_year as lines,
    sum(illustrative) over last_year as illustrative_lines,
    sum(unconverted) over last_year as unconverted_lines,
    {{ money('sum(amount) over last_year') }} as reward_amount,
    month_start
from monthly
window last_year as (partition by role_id order by month_start rows between 11 preceding and current row)
