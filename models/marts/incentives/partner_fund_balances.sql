{{ config(schema='certified') }}
-- The balance of each partner's fund by earning period, with the name that the fund has now.
with

funds as (
    select * from {{ ref('int_incentives__fund_wallets') }}
),

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

wallets as (
    select * from {{ ref('fund_wallets') }}
),

names as (
    select
        versions.program_id,
        wallets.fund_wallet_id,
        wallets.wallet_name,
        row_number() over (
            partition by versions.program_id, wallets.fund_wallet_id
            order by versions.applies_from desc, wallets.valid_from desc, wallets.recorded_on desc
        ) as place
    from wallets
    inner join versions
        on
            wallets.program_version_id = versions.program_version_id
            and {{ rule_is_known('wallets', 'versions.known_on') }}
)

select
    funds.program_id,
    funds.fund_wallet_id,
    funds.partner_id,
    coalesce(names.wallet_name, funds.fund_wallet_id) as fund_name,
    funds.earned,
    funds.converted,
    funds.forfeited,
    funds.used,
    funds.expired,
    funds.available,
    funds.earn_start,
    funds.earn_end,
    funds.usable_until
from funds
left join names
    on funds.program_id = names.program_id and funds.fund_wallet_id = names.fund_wallet_id and names.place = 1
