-- One row a line key that was posted: what was posted as owed and as taken back so far, and its last posting. Adjustments
-- that people made are no part of it: the calculation does not know them, and would reverse them.
with

postings as (
    select * from {{ source('incentive_ledger', 'postings') }}
    where entry <> 'adjusted' or cause in ('late_data', 'changed_rule', 'lost_deal')
),

states as (
    select * from {{ ref('int_incentives__posting_states') }}
),

ordered as (
    select
        postings.*,
        states.paid_on,
        row_number() over (
            partition by postings.line_key
            order by case when postings.entry = 'clawed_back' then 1 else 0 end, postings.event_sequence, postings.statement_line_id
        ) as place,
        row_number() over (
            partition by postings.line_key
            order by
                case when postings.entry = 'clawed_back' or states.paid_on is null then 1 else 0 end,
                postings.event_sequence, postings.statement_line_id
        ) as place_paid,
        row_number() over (
            partition by postings.line_key
            order by case when postings.entry = 'clawed_back' then 1 else 0 end, postings.event_sequence desc, postings.statement_line_id asc
        ) as place_from_last
    from postings
    inner join states on postings.statement_line_id = states.statement_line_id
),

summed as (
    select
        line_key,
        max(case when place = 1 then statement_line_id end) as first_line_id,
        max(case when place_paid = 1 and entry <> 'clawed_back' and paid_on is not null then statement_line_id end) as first_paid_line_id,
        cast(sum(case when entry <> 'clawed_back' then amount else 0 end) as {{ type_payout() }}) as posted_amount,
        -- a clawback is posted below nothing
        cast(-sum(case when entry = 'clawed_back' then amount else 0 end) as {{ type_payout() }}) as clawed_back_amount,
        sum(case when entry = 'earned' then 1 else 0 end) as earned_postings,
        sum(case when entry = 'adjusted' then 1 else 0 end) as adjusted_postings,
        sum(case when entry = 'clawed_back' then 1 else 0 end) as clawed_back_postings
    from ordered
    group by line_key
)

select
    summed.line_key,
    summed.first_line_id,
    summed.first_paid_line_id,
    ordered.program_id,
    ordered.program_version_id,
    ordered.lever_id,
    ordered.partner_id,
    ordered.payee_id,
    ordered.customer_id,
    ordered.fund_wallet_id,
    ordered.metric_id,
    ordered.payee_kind,
    ordered.bucket,
    ordered.incentive_nature,
    ordered.currency,
    ordered.verification,
    ordered.metric_version,
    summed.earned_postings,
    summed.adjusted_postings,
    summed.clawed_back_postings,
    ordered.metric_value,
    ordered.base_amount,
    ordered.rate,
    summed.posted_amount,
    summed.clawed_back_amount,
    ordered.period_start,
    ordered.period_end,
    ordered.first_occurred_on,
    ordered.payable_from
from summed
inner join ordered on summed.line_key = ordered.line_key and ordered.place_from_last = 1
