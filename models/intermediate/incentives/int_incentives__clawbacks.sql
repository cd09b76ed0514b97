-- What can be recovered of paid lines: the customer cancelled, shrank, did not pay or got money back within the window of
-- a rule. Only what was paid is recovered, once: where several rules hold, by the one that recovers most.
with

posted as (
    select * from {{ ref('int_incentives__posted_lines') }}
),

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

rules as (
    select * from {{ ref('clawback_rules') }}
),

triggers as (
    select * from {{ ref('int_incentives__clawback_triggers') }}
),

-- a line may be posted in several steps
paid as (
    select
        line_key,
        program_id,
        lever_id,
        partner_id,
        payee_kind,
        payee_id,
        customer_id,
        bucket,
        currency,
        max(program_version_id) as program_version_id,
        sum(paid_amount) as paid_amount,
        period_start,
        period_end,
        min(first_occurred_on) as first_occurred_on,
        min(paid_on) as paid_on
    from posted
    group by
        line_key, program_id, lever_id, partner_id, payee_kind, payee_id, customer_id, bucket, currency, period_start, period_end
    having sum(paid_amount) > 0
),

anchored as (
    select
        paid.*,
        rules.clawback_rule_id,
        rules.trigger,
        rules.method,
        rules.recovery,
        rules.carries_negative,
        rules.window_days,
        coalesce(rules.term_months, 12) as term_months,
        coalesce(rules.write_off_below, 0) as write_off_below,
        case rules.anchor
            when 'earned' then paid.period_end
            when 'payment' then paid.paid_on
            else coalesce(paid.first_occurred_on, paid.period_start)
        end as anchor_date
    from paid
    inner join versions on paid.program_version_id = versions.program_version_id
    inner join rules
        on
            (rules.lever_id is null or paid.lever_id = rules.lever_id)
            and {{ rule_in_force('rules', 'versions', 'paid.period_start') }}
),

triggered as (
    select
        anchored.line_key,
        anchored.clawback_rule_id,
        least(sum(triggers.lost_share), 1) as lost_share,
        min(triggers.occurred_on) as occurred_on
    from anchored
    inner join triggers
        on
            anchored.partner_id = triggers.partner_id
            and anchored.customer_id = triggers.customer_id
            and anchored.trigger = triggers.event
            and anchored.anchor_date <= triggers.occurred_on
            and {{ dbt.dateadd('day', 'anchored.window_days', 'anchored.anchor_date') }} > triggers.occurred_on
    group by anchored.line_key, anchored.clawback_rule_id
),

measured as (
    select
        anchored.*,
        triggered.lost_share,
        triggered.occurred_on,
        12 * (extract(year from triggered.occurred_on) - extract(year from anchored.anchor_date))
        + extract(month from triggered.occurred_on) - extract(month from anchored.anchor_date)
        - case when extract(day from triggered.occurred_on) < extract(day from anchored.anchor_date) then 1 else 0 end
            as elapsed_months
    from anchored
    inner join triggered
        on anchored.line_key = triggered.line_key and anchored.clawback_rule_id = triggered.clawback_rule_id
),

reckoned as (
    select
        *,
        {{ cents(
            "case method when 'full' then paid_amount when 'linear_by_remaining_term' then "
            ~ scaled('paid_amount', 'greatest(term_months - elapsed_months, 0)', 'term_months', type_money())
            ~ " else " ~ times('paid_amount', 'lost_share', type_money()) ~ " end"
        ) }} as recoverable_amount
    from measured
),

chosen as (
    select
        *,
        row_number() over (partition by line_key order by recoverable_amount desc, clawback_rule_id asc) as choice
    from reckoned
)

select
    line_key,
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    payee_kind,
    payee_id,
    customer_id,
    clawback_rule_id,
    bucket,
    trigger,
    method,
    recovery,
    currency,
    elapsed_months,
    paid_amount,
    recoverable_amount,
    case when recoverable_amount < write_off_below then cast(0 as {{ type_payout() }}) else recoverable_amount end as recovered_amount,
    carries_negative,
    period_start,
    occurred_on
from chosen
where choice = 1
