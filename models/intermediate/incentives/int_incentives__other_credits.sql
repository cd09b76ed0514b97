-- Credit for roles that are not of record, such as a distributor behind a reseller, where the rule says so: each is
-- credited with a part of the whole line, beside the partners of record. A partner that is of record with the customer in the month is not credited
-- again, and of several roles the one with the lowest precedence counts. Only associations with the whole customer count,
-- from when the customer had its days to object.
with

lines as (
    select * from {{ ref('int_incentives__read_lines') }}
),

rules as (
    select * from {{ ref('int_incentives__credit_rules') }}
    where is_over_credit
),

associations as (
    select
        customer_id,
        partner_id,
        partner_role,
        from_date,
        to_date
    from {{ ref('int_partner_associations__days') }}
    where not is_of_record and subscription_id is null
),

-- whom a version would credit beside the partners of record
candidates as (
    select
        rules.program_version_id,
        rules.credit_percent,
        rules.precedence,
        rules.is_over_credit,
        rules.rule_from,
        rules.rule_to,
        associations.customer_id,
        associations.partner_id,
        associations.partner_role,
        {{ dbt.dateadd('day', 'rules.consent_days', 'associations.from_date') }} as from_date,
        associations.to_date
    from associations
    inner join rules on associations.partner_role = rules.partner_role
),

of_record as (
    select distinct
        program_version_id,
        metric_id,
        customer_id,
        partner_id,
        month_start
    from lines
),

-- what a role that is not of record is credited a part of
wholes as (
    select
        program_id,
        program_version_id,
        currency,
        metric_id,
        metric_version,
        customer_id,
        product_id,
        condition_key,
        source_type,
        source_id,
        sum(amount) as amount,
        is_money,
        is_state,
        month_start,
        occurred_on,
        rule_month
    from lines
    where (program_version_id, customer_id) in (
        select
            candidates.program_version_id,
            candidates.customer_id
        from candidates
    )
    group by
        program_id, program_version_id, currency, metric_id, metric_version, customer_id, product_id, condition_key,
        source_type, source_id, is_money, is_state, month_start, occurred_on, rule_month
),

others as (
    select
        wholes.*,
        candidates.partner_id,
        candidates.partner_role,
        candidates.credit_percent,
        candidates.is_over_credit,
        row_number() over (
            partition by
                wholes.program_version_id, wholes.metric_id, wholes.customer_id, wholes.product_id,
                wholes.condition_key, wholes.source_type, wholes.source_id, wholes.occurred_on,
                candidates.partner_id
            order by candidates.precedence, candidates.partner_role, candidates.from_date
        ) as place
    from wholes
    inner join candidates
        on
            wholes.program_version_id = candidates.program_version_id
            and wholes.customer_id = candidates.customer_id
            and wholes.occurred_on >= candidates.from_date
            and wholes.occurred_on < candidates.to_date
            and wholes.rule_month >= candidates.rule_from
            and wholes.rule_month < candidates.rule_to
    left join of_record
        on
            wholes.program_version_id = of_record.program_version_id
            and wholes.metric_id = of_record.metric_id
            and wholes.customer_id = of_record.customer_id
            and candidates.partner_id = of_record.partner_id
            and wholes.month_start = of_record.month_start
    where of_record.partner_id is null
)

select {{ attributed_columns() }}
from others
where place = 1
