-- One row a program: the first month that is not closed. Empty while nothing is; then everything is still accrued.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

closes as (
    select * from {{ source('incentive_ledger', 'events') }}
    where kind = 'close'
),

-- a program whose rows are gone still has what was posted
programs as (
    select program_id from versions
    union distinct
    select program_id from closes
)

select
    programs.program_id,
    {{ add_months('max(closes.month_start)', 1) }} as first_open_month
from programs
left join closes on programs.program_id = closes.program_id
group by programs.program_id
