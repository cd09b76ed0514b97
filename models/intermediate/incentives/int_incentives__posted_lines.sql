-- What the incentive ledger has posted as owed, and paid of it, so far: one row a posting, clawbacks left out.
with

postings as (
    select * from {{ source('incentive_ledger', 'postings') }}
    where entry <> 'clawed_back'
),

states as (
    select * from {{ ref('int_incentives__posting_states') }}
)

select
    postings.statement_line_id as posting_id,
    postings.line_key,
    postings.program_id,
    postings.program_version_id,
    postings.lever_id,
    postings.partner_id,
    postings.payee_kind,
    postings.payee_id,
    postings.customer_id,
    postings.bucket,
    postings.currency,
    states.status,
    postings.amount,
    states.paid_amount,
    postings.period_start,
    postings.period_end,
    postings.posted_period,
    postings.first_occurred_on,
    states.paid_on
from postings
inner join states on postings.statement_line_id = states.statement_line_id
