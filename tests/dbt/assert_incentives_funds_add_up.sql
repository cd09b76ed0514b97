-- Guards the balance of a fund: what was earned is converted, forfeited, used, expired or available, and nothing of a fund
-- that is over is available.
select *
from {{ ref('int_incentives__fund_wallets') }}
where earned <> converted + forfeited + used + expired + available
