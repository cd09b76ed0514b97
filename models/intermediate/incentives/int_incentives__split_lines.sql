-- What each lever pays, by where it goes: parts in percent, in their order, whole cents. First the partner's total is cut
-- into parts, the last one takes what rounding leaves; then each part falls to customers, the largest last. So parts add
-- up to the total, and customers to the part. A lever without parts pays a rebate.
with

payouts as (
    select * from {{ ref('int_incentives__limited') }}
    where amount <> 0
),

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

splits as (
    select * from {{ ref('payout_splits') }}
),

cut as (
    select
        payouts.*,
        coalesce(splits.bucket, 'rebate') as bucket,
        splits.fund_wallet_id,
        coalesce(splits.verification, payouts.verification) as split_verification,
        coalesce(splits.split_order, 1) as split_order,
        cast(coalesce(splits.percent, 100) * 0.01 as decimal(12, 8)) as part
    from payouts
    inner join versions on payouts.program_version_id = versions.program_version_id
    left join splits
        on
            payouts.lever_id = splits.lever_id
            and {{ rule_in_force('splits', 'versions', 'payouts.period_start') }}
),

added_up as (
    select
        *,
        sum(part) over (
            partition by program_version_id, lever_id, partner_id, period_start, period_end, customer_id, limit_id
            order by split_order
            rows between unbounded preceding and current row
        ) as parts_so_far,
        sum(amount) over (
            partition by program_version_id, lever_id, partner_id, period_start, period_end, split_order
        ) as total_amount,
        sum(amount) over (
            partition by program_version_id, lever_id, partner_id, period_start, period_end, split_order
            order by abs(amount), coalesce(customer_id, ''), coalesce(limit_id, '')
            rows between unbounded preceding and current row
        ) as amount_so_far,
        row_number() over (
            partition by program_version_id, lever_id, partner_id, period_start, period_end, split_order
            order by abs(amount) desc, coalesce(customer_id, '') desc, coalesce(limit_id, '') desc
        ) = 1 as takes_the_rest
    from cut
),

rounded as (
    select
        *,
        {{ cents(times('total_amount', 'parts_so_far', type_money())) }}
        - {{ cents(times('total_amount', '(parts_so_far - part)', type_money())) }} as part_total,
        {{ cents(times('amount_so_far', 'part', type_money())) }} as rounded_so_far,
        {{ cents(times('(amount_so_far - amount)', 'part', type_money())) }} as rounded_before
    from added_up
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    limit_id,
    bucket,
    fund_wallet_id,
    least(verification, split_verification) as verification,
    split_order,
    base_amount,
    qualifying_value,
    rate,
    amount as line_amount,
    cast(case
        when takes_the_rest then part_total - rounded_before else rounded_so_far - rounded_before
    end as {{ type_payout() }}) as amount,
    period_start,
    period_end,
    first_occurred_on,
    let_go_on
from rounded
