-- What is owed for each period as known today: one row a lever, partner, payee, customer and where it goes. The ledger
-- posts what differs from what it has posted before.
with

lines as (
    select * from {{ ref('int_incentives__payee_lines') }}
),

conversions as (
    select * from {{ ref('int_incentives__fund_conversions') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

marks as (
    select * from {{ ref('int_incentives__lever_marks') }}
),

gates as (
    select * from {{ ref('int_incentives__gate_results') }}
    where not is_verified
),

all_lines as (
    select * from lines
    union all
    select * from conversions
),

summed as (
    select
        program_id,
        lever_id,
        partner_id,
        payee_kind,
        payee_id,
        customer_id,
        bucket,
        max(program_version_id) as program_version_id,
        max(fund_wallet_id) as fund_wallet_id,
        min(verification) as verification,
        max(base_amount) as base_amount,
        max(qualifying_value) as metric_value,
        max(rate) as rate,
        sum(amount) as amount,
        period_start,
        period_end,
        min(first_occurred_on) as first_occurred_on,
        case when count(let_go_on) = count(*) then max(let_go_on) end as let_go_on
    from all_lines
    group by program_id, lever_id, partner_id, payee_kind, payee_id, customer_id, bucket, period_start, period_end
)

select
    {{ dbt.hash(dbt.concat([
        'summed.program_id', "'|'", 'summed.lever_id', "'|'", 'summed.partner_id', "'|'", 'summed.payee_kind', "'|'", 'summed.payee_id', "'|'",
        "coalesce(summed.customer_id, '')", "'|'", 'summed.bucket', "'|'", 'cast(summed.period_start as ' ~ dbt.type_string() ~ ')', "'|'",
        'cast(summed.period_end as ' ~ dbt.type_string() ~ ')'
    ])) }} as line_key,
    summed.program_id,
    summed.program_version_id,
    summed.lever_id,
    summed.partner_id,
    summed.payee_kind,
    summed.payee_id,
    summed.customer_id,
    summed.bucket,
    summed.fund_wallet_id,
    period_levers.metric_id,
    period_levers.incentive_nature,
    versions.currency,
    case
        when gates.gate_group_id is not null then 'illustrative'
        else least(
            summed.verification, versions.verification, coalesce(period_levers.verification, 'verified'),
            coalesce(marks.verification, 'verified')
        )
    end as verification,
    period_levers.metric_version,
    summed.metric_value,
    summed.base_amount,
    summed.rate,
    cast(summed.amount as {{ type_payout() }}) as amount,
    coalesce(period_levers.is_complete, true) as is_complete,
    summed.period_start,
    summed.period_end,
    summed.first_occurred_on,
    -- after the hold; not before growth was watched for as long as it has to be kept, or a minimum was reached
    case
        when summed.let_go_on is not null
            then cast(greatest(
                {{ dbt.dateadd('day', 'coalesce(period_levers.hold_days, 0)', 'summed.let_go_on') }},
                {{ add_months('summed.period_end', 'coalesce(period_levers.monitoring_months, 0)') }}
            ) as date)
    end as payable_from
from summed
inner join versions on summed.program_version_id = versions.program_version_id
left join period_levers
    on
        summed.program_version_id = period_levers.program_version_id
        and summed.lever_id = period_levers.lever_id
        and summed.period_end > period_levers.period_start
        and summed.period_end <= period_levers.period_end
left join marks
    on
        period_levers.program_version_id = marks.program_version_id
        and period_levers.lever_id = marks.lever_id
        and period_levers.period_start = marks.period_start
left join gates
    on
        period_levers.program_version_id = gates.program_version_id
        and period_levers.gate_group_id = gates.gate_group_id
        and period_levers.last_month = gates.month_start
        and summed.partner_id = gates.partner_id
where summed.amount <> 0
