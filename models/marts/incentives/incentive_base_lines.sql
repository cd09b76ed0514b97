{{ config(schema='certified') }}
-- What each payout was paid on, piece by piece: as calculated today, and as it was when its lines were posted.
with

calculated as (
    select * from {{ ref('int_incentives__base_pieces') }}
),

posted as (
    select * from {{ source('incentive_ledger', 'incentive_base_lines') }}
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    product_id,
    condition_key,
    source_type,
    source_id,
    cast(0 as bigint) as event_sequence,
    piece,
    amount,
    period_start,
    period_end,
    month_start,
    occurred_on
from calculated
union all
select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    product_id,
    condition_key,
    source_type,
    source_id,
    cast(event_sequence as bigint) as event_sequence,
    piece,
    amount,
    period_start,
    period_end,
    month_start,
    occurred_on
from posted
