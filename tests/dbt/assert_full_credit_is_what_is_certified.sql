-- Guards credit: what a version in the reporting currency credits in full to partners of record is what is certified
-- for them, closing MRR of partners whose roles all have 100 percent.
{{ config(meta={'dagster': {'ref': {'name': 'int_incentives__attributed_lines'}}}) }}
with

lines as (
    select * from {{ ref('int_incentives__attributed_lines') }}
    where metric_id = 'closing_mrr' and not is_over_credit
),

full_credit as (
    select
        program_version_id,
        partner_id,
        month_start
    from lines
    group by program_version_id, partner_id, month_start
    having min(credit_percent) = 100
),

rules as (
    select distinct
        program_version_id,
        partner_role
    from {{ ref('int_incentives__credit_rules') }}
),

ruled as (
    select distinct program_version_id from rules
),

certified as (
    select
        full_credit.program_version_id,
        closings.partner_id,
        closings.month_start,
        sum(closings.mrr) as mrr
    from {{ ref('customer_mrr_monthly') }} as closings
    inner join full_credit
        on closings.partner_id = full_credit.partner_id and closings.month_start = full_credit.month_start
    left join ruled on full_credit.program_version_id = ruled.program_version_id
    left join rules
        on full_credit.program_version_id = rules.program_version_id and closings.partner_role = rules.partner_role
    where ruled.program_version_id is null or rules.partner_role is not null
    group by full_credit.program_version_id, closings.partner_id, closings.month_start
),

credited as (
    select
        lines.program_version_id,
        lines.partner_id,
        lines.month_start,
        sum(lines.amount_reporting) as mrr
    from lines
    inner join full_credit
        on
            lines.program_version_id = full_credit.program_version_id
            and lines.partner_id = full_credit.partner_id
            and lines.month_start = full_credit.month_start
    group by lines.program_version_id, lines.partner_id, lines.month_start
)

select
    certified.program_version_id,
    certified.partner_id,
    certified.month_start,
    certified.mrr as certified_mrr,
    credited.mrr as credited_mrr
from certified
full outer join credited
    on
        certified.program_version_id = credited.program_version_id
        and certified.partner_id = credited.partner_id
        and certified.month_start = credited.month_start
where certified.mrr is distinct from credited.mrr
