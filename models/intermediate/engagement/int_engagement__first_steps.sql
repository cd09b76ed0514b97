-- The first day on which a partner registered a deal, sold to a customer, renewed one, and had a certificate that counts: a row
-- a partner and step that it has taken. A customer that was passed on to it is no sale of its own.
with

standard_rules as (
    select rule_id from {{ ref('int_incentives__event_rules') }}
    where program_version_id = 'standard' and metric_id = 'renewed_mrr'
),

steps as (
    select
        partner_id,
        'registered_deal' as step,
        {{ local_date('submitted_at') }} as on_date
    from {{ ref('input_deal_registrations') }}
    union all
    select
        partner_id,
        'sale' as step,
        movement_date as on_date
    from {{ ref('customer_mrr_movements') }}
    where movement = 'new'
    union all
    select
        partner_id,
        'renewal' as step,
        renewed_on as on_date
    from {{ ref('int_incentives__renewal_lines') }}
    where rule_id in (select standard_rules.rule_id from standard_rules)
    union all
    select
        partner_id,
        'certificate' as step,
        valid_from as on_date
    from {{ ref('int_incentives__certificate_spans') }}
    where program_version_id = 'standard'
)

select
    partner_id,
    step,
    min(on_date) as first_on
from steps
group by partner_id, step
