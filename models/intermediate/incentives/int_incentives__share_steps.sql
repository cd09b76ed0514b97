-- What becomes of a payout: what falls to each customer, other levers that pay instead, limits, the part that goes to each
-- bucket, each person's share, funds that are given back, and what is taken back. Steps that change nothing are left out.
with

payouts as (
    select * from {{ ref('int_incentives__stacked') }}
),

limited as (
    select * from {{ ref('int_incentives__limited') }}
),

limit_windows as (
    select * from {{ ref('int_incentives__limit_windows') }}
    where kind <> 'floor'
),

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

rules_of_splits as (
    select * from {{ ref('payout_splits') }}
),

split_lines as (
    select * from {{ ref('int_incentives__split_lines') }}
),

payee_lines as (
    select * from {{ ref('int_incentives__payee_lines') }}
    where payee_kind <> 'company'
),

fund_earnings as (
    select * from {{ ref('int_incentives__fund_earnings') }}
    where outcome <> 'keep' and earned <> 0
),

clawbacks as (
    select * from {{ ref('int_incentives__clawbacks') }}
),

lines as (
    select * from {{ ref('int_incentives__calculated_lines') }}
),

-- less than it was, or waiting for a minimum
cut as (
    select
        payouts.*,
        limited.amount as limited_amount,
        limited.let_go_on is null as is_waiting
    from payouts
    inner join limited
        on
            payouts.program_version_id = limited.program_version_id
            and payouts.lever_id = limited.lever_id
            and payouts.partner_id = limited.partner_id
            and coalesce(payouts.customer_id, '') = coalesce(limited.customer_id, '')
            and payouts.period_start = limited.period_start
            and payouts.period_end = limited.period_end
    where limited.limit_id is null and (payouts.amount <> limited.amount or limited.let_go_on is null)
),

splits as (
    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        bucket,
        fund_wallet_id,
        split_order,
        sum(line_amount) as line_amount,
        sum(amount) as amount,
        period_start,
        period_end
    from split_lines
    group by
        program_id, program_version_id, lever_id, partner_id, bucket, fund_wallet_id, split_order, period_start, period_end
),

splits_with_percent as (
    select
        splits.*,
        rules_of_splits.percent
    from splits
    inner join versions on splits.program_version_id = versions.program_version_id
    inner join rules_of_splits
        on
            splits.lever_id = rules_of_splits.lever_id
            and splits.split_order = rules_of_splits.split_order
            and {{ rule_in_force('rules_of_splits', 'versions', 'splits.period_start') }}
),

-- where the taken back line was, not when
taken_back as (
    select
        clawbacks.*,
        lines.period_end
    from clawbacks
    inner join lines on clawbacks.line_key = lines.line_key
)

{{ share_steps() }}
