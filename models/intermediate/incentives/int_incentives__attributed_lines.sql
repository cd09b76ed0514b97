-- Metric lines as each program version credits them to partners. Roles of record get their percentage of the certified
-- share; other roles get theirs of the whole, beside it. Without attribution rules a version credits partners of record
-- in full. Money is in the program's currency, at the rate of the line's month.
with

lines as (
    select * from {{ ref('int_incentives__read_lines') }}
),

rules as (
    select * from {{ ref('int_incentives__credit_rules') }}
),

ruled_versions as (
    select distinct program_version_id from rules
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

of_record as (
    select
        lines.*,
        coalesce(rules.credit_percent, 100) as credit_percent,
        false as is_over_credit
    from lines
    left join ruled_versions on lines.program_version_id = ruled_versions.program_version_id
    left join rules
        on
            lines.program_version_id = rules.program_version_id
            and lines.partner_role = rules.partner_role
            and lines.rule_month >= rules.rule_from
            and lines.rule_month < rules.rule_to
    where
        lines.partner_id <> 'direct'
        and (rules.partner_role is not null or ruled_versions.program_version_id is null)
),

credited as (
    select {{ attributed_columns() }} from of_record
    union all
    select {{ attributed_columns() }} from {{ ref('int_incentives__other_credits') }}
),

valued as (
    select
        credited.*,
        {{ times('credited.amount', 'cast(credited.credit_percent * 0.01 as decimal(9, 8))', type_money()) }}
            as amount_reporting
    from credited
)

select
    valued.program_id,
    valued.program_version_id,
    valued.metric_id,
    valued.metric_version,
    valued.partner_id,
    valued.customer_id,
    valued.product_id,
    valued.partner_role,
    valued.condition_key,
    valued.source_type,
    valued.source_id,
    valued.currency,
    case
        when not valued.is_money or valued.currency = '{{ var("reporting_currency") }}' then valued.amount_reporting
        else {{ from_reporting_currency('valued.amount_reporting', 'rates') }}
    end as amount,
    valued.amount_reporting,
    cast(valued.credit_percent as decimal(18, 6)) as credit_percent,
    valued.is_over_credit,
    valued.is_money,
    valued.is_state,
    valued.month_start,
    valued.occurred_on
from valued
left join rates on valued.currency = rates.currency and valued.month_start = rates.month_start
