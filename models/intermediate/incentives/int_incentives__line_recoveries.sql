-- What can be taken back of paid lines less what was taken back before: one row a line key where the two differ. What is
-- owed for a period does not change when a customer leaves later, so nothing is both adjusted away and taken back. Where it
-- does change, because data of that period was late or a person adjusted the line down, no more is taken back than is
-- still owed.
with

clawbacks as (
    select * from {{ ref('int_incentives__clawbacks') }}
),

posted as (
    select * from {{ ref('int_incentives__posted_keys') }}
),

calculated as (
    select * from {{ ref('int_incentives__calculated_lines') }}
),

open_months as (
    select * from {{ ref('int_incentives__open_months') }}
),

postings as (
    select * from {{ source('incentive_ledger', 'postings') }}
),

-- what people took off a line stands on a key of its own
taken_off as (
    select
        lines.line_key,
        sum(postings.amount) as amount
    from postings
    inner join postings as lines on postings.related_line_id = lines.statement_line_id
    where postings.cause = 'adjustment' and postings.amount < 0
    group by lines.line_key
),

compared as (
    select
        posted.*,
        clawbacks.trigger,
        clawbacks.recovery,
        clawbacks.occurred_on,
        open_months.first_open_month,
        least(coalesce(clawbacks.recovered_amount, 0), greatest(coalesce(calculated.amount, 0) + coalesce(taken_off.amount, 0), 0))
        - posted.clawed_back_amount as difference
    from posted
    left join clawbacks on posted.line_key = clawbacks.line_key
    left join calculated on posted.line_key = calculated.line_key
    left join taken_off on posted.line_key = taken_off.line_key
    left join open_months on posted.program_id = open_months.program_id
)

select
    first_paid_line_id as related_line_id,
    {% for column in line_columns() if column != 'payable_from' %}{{ column }},
    {% endfor -%}
    'clawed_back' as entry,
    -- what was taken back is given back when its reason is gone
    case when difference > 0 then trigger else 'no_longer_recovered' end as cause,
    coalesce(recovery, 'offset') as recovery,
    metric_version,
    clawed_back_postings as postings_before,
    rate,
    cast(-difference as {{ type_payout() }}) as amount,
    -- an event of a closed month is taken back in the first open one
    greatest({{ month_of('coalesce(occurred_on, first_open_month)') }}, first_open_month) as posted_period,
    {{ add_months('period_end', -1) }} as corrected_period
from compared
where difference <> 0
