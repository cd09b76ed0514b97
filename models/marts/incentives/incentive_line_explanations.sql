{{ config(schema='certified') }}
-- Why each payout is what it is: as calculated today, and as it was when its lines were posted.
with

calculated as (
    select * from {{ ref('int_incentives__explained_payouts') }}
),

posted as (
    select * from {{ source('incentive_ledger', 'incentive_line_explanations') }}
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    bucket,
    payee_id,
    step,
    rule_table,
    rule_id,
    explanation,
    source,
    source_date,
    verification,
    cast(0 as bigint) as event_sequence,
    step_order,
    measure,
    rule_value,
    amount,
    period_start,
    period_end
from calculated
union all
select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    bucket,
    payee_id,
    step,
    rule_table,
    rule_id,
    explanation,
    source,
    source_date,
    verification,
    cast(event_sequence as bigint) as event_sequence,
    step_order,
    measure,
    rule_value,
    amount,
    period_start,
    period_end
from posted
