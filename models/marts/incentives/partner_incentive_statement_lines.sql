{{ config(schema='certified') }}
{%- set shared = [
    'line_key', 'related_line_id', 'program_id', 'program_version_id', 'lever_id', 'partner_id', 'payee_id', 'customer_id',
    'fund_wallet_id', 'metric_id', 'payee_kind', 'bucket', 'entry', 'cause', 'incentive_nature', 'currency', 'verification',
    'metric_version', 'rate', 'amount', 'period_start', 'period_end', 'posted_period', 'corrected_period', 'first_occurred_on',
] %}
-- The lines of partners' statements: as they were posted, and accrued what today's calculation says beyond that.
with

postings as (
    select * from {{ source('incentive_ledger', 'postings') }}
),

states as (
    select * from {{ ref('int_incentives__posting_states') }}
),

calculated as (
    select * from {{ ref('int_incentives__calculated_lines') }}
),

differences as (
    select * from {{ ref('int_incentives__line_differences') }}
),

recoveries as (
    select * from {{ ref('int_incentives__line_recoveries') }}
),

posted as (
    select
        {% for column in shared %}postings.{{ column }},
        {% endfor -%}
        postings.statement_line_id,
        postings.recovery,
        states.status,
        postings.event_sequence,
        postings.metric_value,
        postings.base_amount,
        postings.is_complete,
        -- a line that waited for a minimum when it was posted may have reached it since
        coalesce(postings.payable_from, calculated.payable_from) as payable_from,
        states.paid_on
    from postings
    inner join states on postings.statement_line_id = states.statement_line_id
    left join calculated on postings.line_key = calculated.line_key
),

accrued as (
    select
        {{ shared | join(',\n        ') }},
        postings_before,
        cast(null as {{ dbt.type_string() }}) as recovery,
        metric_value,
        base_amount,
        is_complete,
        payable_from
    from differences
    union all
    select
        {{ shared | join(',\n        ') }},
        postings_before,
        recovery,
        cast(null as {{ type_money() }}) as metric_value,
        cast(null as {{ type_money() }}) as base_amount,
        true as is_complete,
        posted_period as payable_from
    from recoveries
),

lines as (
    select * from posted
    union all
    -- the id stays when the line is posted, and the next one of this key and entry gets another
    select
        {{ shared | join(',\n        ') }},
        {{ dbt.hash(dbt.concat([
            'line_key', "'|'", 'entry', "'|'", 'cast(postings_before as ' ~ dbt.type_string() ~ ')'
        ])) }} as statement_line_id,
        recovery,
        'accrued' as status,
        cast(null as integer) as event_sequence,
        metric_value,
        base_amount,
        is_complete,
        payable_from,
        cast(null as date) as paid_on
    from accrued
)

select
    statement_line_id,
    line_key,
    related_line_id,
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    payee_id,
    customer_id,
    fund_wallet_id,
    metric_id,
    payee_kind,
    bucket,
    entry,
    cause,
    incentive_nature,
    currency,
    verification,
    recovery,
    status,
    cast(metric_version as integer) as metric_version,
    event_sequence,
    metric_value,
    base_amount,
    rate,
    amount,
    is_complete,
    period_start,
    period_end,
    posted_period,
    corrected_period,
    first_occurred_on,
    payable_from,
    paid_on
from lines
