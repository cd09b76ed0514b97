{{ config(schema='certified') }}
-- The balance of each partner's fund by earning period.
with

funds as (
    select * from {{ ref('int_incentives__fund_wallets') }}
)

select
    program_id,
    fund_wallet_id,
    partner_id,
    earned,
    converted,
    forfeited,
    used,
    expired,
    available,
    earn_start,
    earn_end,
    usable_until
from funds
