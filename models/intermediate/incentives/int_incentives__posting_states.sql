-- How far each posting is, from the events that came after it: paid, disputed, approved, closed; accrued is an adjustment
-- whose month is still open. A close takes all that is posted to its month or earlier, and an approval approves a close.
with

postings as (
    select * from {{ source('incentive_ledger', 'postings') }}
),

settlements as (
    select * from {{ source('incentive_ledger', 'settlements') }}
),

events as (
    select * from {{ source('incentive_ledger', 'events') }}
),

approvals as (
    select distinct
        program_id,
        month_start
    from events
    where kind = 'approve' and coalesce(outcome, 'accepted') = 'accepted'
),

open_disputes as (
    select distinct disputes.statement_line_id
    from events as disputes
    left join events as answers
        on disputes.event_sequence = answers.refers_to and answers.kind = 'resolve_dispute'
    where disputes.kind = 'dispute' and answers.event_sequence is null
),

taken as (
    select
        postings.statement_line_id,
        min(closes.month_start) as closed_with
    from postings
    inner join events as closes
        on
            postings.program_id = closes.program_id
            and closes.kind = 'close'
            and postings.posted_period <= closes.month_start
    group by postings.statement_line_id
),

settled as (
    select
        statement_line_id,
        sum(amount) as paid_amount,
        max(paid_on) as paid_on
    from settlements
    group by statement_line_id
)

select
    postings.statement_line_id,
    case
        when settled.statement_line_id is not null then 'paid'
        when open_disputes.statement_line_id is not null then 'disputed'
        when approvals.program_id is not null then 'approved'
        when taken.statement_line_id is not null then 'closed'
        else 'accrued'
    end as status,
    cast(settled.paid_amount as {{ type_payout() }}) as paid_amount,
    settled.paid_on
from postings
left join taken on postings.statement_line_id = taken.statement_line_id
left join approvals on postings.program_id = approvals.program_id and taken.closed_with = approvals.month_start
left join open_disputes on postings.statement_line_id = open_disputes.statement_line_id
left join settled on postings.statement_line_id = settled.statement_line_id
