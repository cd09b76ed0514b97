{{ config(schema='certified') }}
-- The register of the incentive ledger: who closed, approved, paid, adjusted, disputed or claimed what, and when.
with

events as (
    select * from {{ source('incentive_ledger', 'events') }}
)

select
    event_sequence,
    refers_to,
    program_id,
    partner_id,
    statement_line_id,
    fund_wallet_id,
    kind,
    person,
    reason,
    outcome,
    currency,
    content_hash,
    previous_hash,
    amount,
    month_start,
    earn_start,
    occurred_at
from events
