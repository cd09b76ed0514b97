-- The balance of each partner's fund by earning period: what was earned, converted, lost, used and has expired, and what
-- is left. Expiry is judged on the day that the data speaks for.
with

earnings as (
    select * from {{ ref('int_incentives__fund_earnings') }}
),

uses as (
    select * from {{ ref('int_incentives__fund_uses') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

earned as (
    select
        program_id,
        fund_wallet_id,
        partner_id,
        sum(earned) as earned,
        sum(case when outcome = 'convert_to_rebate' then earned else 0 end) as converted,
        sum(case when outcome = 'forfeit' then earned else 0 end) as forfeited,
        earn_start,
        earn_end,
        cast({{ dbt.dateadd('day', 'max(grace_days)', add_months('earn_end', 'max(use_months)')) }} as date) as usable_until
    from earnings
    group by program_id, fund_wallet_id, partner_id, earn_start, earn_end
),

used as (
    select
        earned.program_id,
        earned.fund_wallet_id,
        earned.partner_id,
        earned.earn_start,
        sum(uses.amount) as used
    from earned
    inner join uses
        on
            earned.program_id = uses.program_id
            and earned.fund_wallet_id = uses.fund_wallet_id
            and earned.partner_id = uses.partner_id
            and earned.earn_start = uses.earn_start
            and earned.usable_until > uses.used_on
    group by earned.program_id, earned.fund_wallet_id, earned.partner_id, earned.earn_start
),

judged as (
    select
        earned.*,
        coalesce(used.used, 0) as used,
        earned.earned - earned.converted - earned.forfeited - coalesce(used.used, 0) as unused,
        as_of.as_of_date >= earned.usable_until as is_over
    from earned
    cross join as_of
    left join used
        on
            earned.program_id = used.program_id
            and earned.fund_wallet_id = used.fund_wallet_id
            and earned.partner_id = used.partner_id
            and earned.earn_start = used.earn_start
)

select
    program_id,
    fund_wallet_id,
    partner_id,
    cast(earned as {{ type_payout() }}) as earned,
    cast(converted as {{ type_payout() }}) as converted,
    cast(forfeited as {{ type_payout() }}) as forfeited,
    cast(used as {{ type_payout() }}) as used,
    cast(case when is_over then greatest(unused, 0) else 0 end as {{ type_payout() }}) as expired,
    cast(case when is_over then least(unused, 0) else unused end as {{ type_payout() }}) as available,
    earn_start,
    earn_end,
    usable_until
from judged
