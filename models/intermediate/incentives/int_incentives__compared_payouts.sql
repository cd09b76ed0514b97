-- What two plans pay partners, side by side: one pays for the deal, the other for lasting value. One row a plan, partner,
-- month and kind of success that is rewarded. The company and its staff count, the vendor's own people do not. Only months
-- in which both plans apply; an amount stands in the last month of its period that has data.
with

lines as (
    select * from {{ ref('int_incentives__calculated_lines') }}
    where payee_kind in ('company', 'partner_staff')
),

levers as (
    select * from {{ ref('incentive_levers') }}
),

months as (
    select * from {{ ref('int_incentives__version_months') }}
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

last_month as (
    select max(month_start) as month_start from {{ ref('int_months') }}
),

plans as (
    {%- for plan, program in var('compared_plans').items() %}
        select
            '{{ plan }}' as plan,
            '{{ program }}' as program_id
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

compared_months as (
    select months.month_start
    from months
    inner join plans on months.program_id = plans.program_id
    group by months.month_start
    having count(distinct plans.plan) = 2
),

placed as (
    select
        plans.plan,
        lines.program_version_id,
        lines.lever_id,
        lines.partner_id,
        lines.currency,
        lines.verification,
        lines.amount,
        least({{ add_months('lines.period_end', -1) }}, last_month.month_start) as month_start
    from lines
    inner join plans on lines.program_id = plans.program_id
    cross join last_month
),

rewarded as (
    select
        placed.plan,
        placed.partner_id,
        case
            when levers.motion = 'land' then 'new'
            when levers.motion in ('retain', 'renew') then 'retention'
            when levers.motion in ('expand', 'upsell', 'cross_sell') then 'expansion'
            when levers.motion = 'adopt' then 'adoption'
            else 'enablement'
        end as rewarded,
        placed.verification,
        {{ in_reporting_currency(money('placed.amount'), 'rates', type_money()) }} as amount,
        placed.month_start
    from placed
    inner join compared_months on placed.month_start = compared_months.month_start
    left join levers
        on placed.program_version_id = levers.program_version_id and placed.lever_id = levers.lever_id
    left join rates on placed.currency = rates.currency and placed.month_start = rates.month_start
)

select
    plan,
    partner_id,
    rewarded,
    min(verification) as verification,
    {{ money('sum(amount)') }} as amount,
    month_start
from rewarded
group by plan, partner_id, rewarded, month_start
