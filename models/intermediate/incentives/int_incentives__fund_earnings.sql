-- What each partner earned into a fund, lever by lever, in each earning period, and what becomes of it when the period is
-- over and all of it is less than the fund's threshold: paid as a rebate, or lost.
with

lines as (
    select * from {{ ref('int_incentives__payee_lines') }}
    where bucket = 'fund' and fund_wallet_id is not null
),

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

wallets as (
    select * from {{ ref('fund_wallets') }}
),

months as (
    select max(next_month_start) as first_month_to_come from {{ ref('int_months') }}
),

placed as (
    select
        lines.*,
        wallets.earn_months,
        wallets.use_months,
        wallets.grace_days,
        wallets.below_threshold,
        wallets.verification as wallet_verification,
        coalesce(wallets.threshold_amount, 0) as threshold_amount,
        {{ add_months('lines.period_end', -1) }} as last_month,
        mod(
            extract(month from {{ add_months('lines.period_end', -1) }}) - wallets.earn_start_month + 12, wallets.earn_months
        ) as months_into_earning
    from lines
    inner join versions on lines.program_version_id = versions.program_version_id
    inner join wallets
        on
            lines.fund_wallet_id = wallets.fund_wallet_id
            and {{ rule_in_force('wallets', 'versions', 'lines.period_start') }}
),

dated as (
    select
        *,
        {{ add_months('last_month', '-months_into_earning') }} as earn_start,
        {{ add_months('last_month', '(earn_months - months_into_earning)') }} as earn_end
    from placed
),

summed as (
    select
        program_id,
        fund_wallet_id,
        lever_id,
        partner_id,
        max(program_version_id) as program_version_id,
        min(least(verification, wallet_verification)) as verification,
        max(threshold_amount) as threshold_amount,
        max(below_threshold) as below_threshold,
        max(use_months) as use_months,
        max(grace_days) as grace_days,
        sum(amount) as earned,
        sum(sum(amount)) over (partition by program_id, fund_wallet_id, partner_id, earn_start) as earned_by_all_levers,
        max(period_start) as last_period_start,
        max(period_end) as last_period_end,
        earn_start,
        earn_end
    from dated
    group by program_id, fund_wallet_id, lever_id, partner_id, earn_start, earn_end
)

select
    summed.program_id,
    summed.program_version_id,
    summed.fund_wallet_id,
    summed.lever_id,
    summed.partner_id,
    summed.verification,
    case
        when
            summed.earn_end <= months.first_month_to_come
            and summed.earned_by_all_levers < summed.threshold_amount
            and summed.below_threshold <> 'keep'
            then summed.below_threshold
        else 'keep'
    end as outcome,
    summed.use_months,
    summed.grace_days,
    cast(summed.earned as {{ type_payout() }}) as earned,
    summed.last_period_start,
    summed.last_period_end,
    summed.earn_start,
    summed.earn_end
from summed
cross join months
