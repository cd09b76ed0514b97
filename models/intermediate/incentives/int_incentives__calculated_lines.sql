-- What is owed for each period as known today: one row a lever, partner, payee, customer and where it goes. The ledger
-- posts what differs from what it has posted before.
with

lines as (
    select * from {{ ref('int_incentives__payee_lines') }}
),

earnings as (
    select * from {{ ref('int_incentives__fund_earnings') }}
    where outcome <> 'keep' and earned <> 0
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

-- a fund that stayed below its threshold is given back, and paid as a rebate where the program says so
turned as (
    {%- for bucket, sign, outcomes in [('fund', '-', "'convert_to_rebate', 'forfeit'"), ('rebate', '', "'convert_to_rebate'")] %}
        select
            program_id,
            program_version_id,
            lever_id,
            partner_id,
            'company' as payee_kind,
            partner_id as payee_id,
            cast(null as {{ dbt.type_string() }}) as customer_id,
            '{{ bucket }}' as bucket,
            {{ 'fund_wallet_id' if bucket == 'fund' else 'cast(null as ' ~ dbt.type_string() ~ ') as fund_wallet_id' }},
            verification,
            cast(0 as {{ type_money() }}) as base_amount,
            cast(null as {{ type_money() }}) as qualifying_value,
            cast(null as decimal(18, 6)) as rate,
            {{ sign }}earned as amount,
            last_period_start as period_start,
            last_period_end as period_end,
            cast(null as date) as first_occurred_on,
            last_period_end as let_go_on
        from earnings
        where outcome in ({{ outcomes }})
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

all_lines as (
    select * from lines
    union all
    select * from turned
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
    least(summed.verification, versions.verification, coalesce(period_levers.verification, 'verified')) as verification,
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
where summed.amount <> 0
