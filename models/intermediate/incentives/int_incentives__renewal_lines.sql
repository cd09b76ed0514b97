-- Renewals as each rule that is in use judges them: on time, late, or won back after the customer was given up. A row a
-- term, rule and partner that the rule credits, in the month of the renewal.
with

renewals as (
    select * from {{ ref('int_incentives__renewals') }}
    where renewed_on is not null and renewed_mrr > 0
),

months as (
    select * from {{ ref('int_months') }}
),

rules as (
    select distinct
        rule_id,
        days_after,
        won_back_days,
        is_incumbent_only
    from {{ ref('int_incentives__event_rules') }}
    where metric_id = 'renewed_mrr'
)

select
    rules.rule_id,
    renewals.term_id,
    renewals.partner_id,
    renewals.customer_id,
    renewals.product_id,
    renewals.partner_role,
    case
        when renewals.days_late <= rules.days_after then 'on_time'
        when renewals.days_late <= rules.won_back_days then 'late'
        else 'won_back'
    end as outcome,
    renewals.renewed_mrr,
    renewals.renewed_on,
    months.month_start
from renewals
inner join rules
    on renewals.credited_by = case when rules.is_incumbent_only then 'term_end' else 'renewal' end
inner join months on {{ month_of('renewals.renewed_on') }} = months.month_start
