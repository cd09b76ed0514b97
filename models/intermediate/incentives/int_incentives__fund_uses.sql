-- What partners used of a fund: claims that were approved, by the earning period that they draw on. An approval may grant
-- less than was claimed.
with

events as (
    select * from {{ source('incentive_ledger', 'events') }}
)

select
    cast(claims.event_sequence as {{ dbt.type_string() }}) as claim_id,
    claims.program_id,
    claims.fund_wallet_id,
    claims.partner_id,
    cast(coalesce(approvals.amount, claims.amount) as {{ type_payout() }}) as amount,
    claims.earn_start,
    cast(claims.occurred_at as date) as used_on
from events as claims
inner join events as approvals
    on
        claims.event_sequence = approvals.refers_to
        and approvals.kind = 'approve_claim'
        and coalesce(approvals.outcome, 'accepted') = 'accepted'
where claims.kind = 'claim'
