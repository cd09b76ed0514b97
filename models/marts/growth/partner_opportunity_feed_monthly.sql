{{ config(schema='certified') }}
-- What each partner could do next, as it was known at the end of each month: ranked, with reason, evidence and an
-- estimate of the MRR that it is about.
with

items as (
    select * from {{ ref('int_opportunities__items') }}
),

rules as (
    select * from {{ ref('opportunity_rules') }}
),

scorecards as (
    select * from {{ ref('partner_scorecard_monthly') }}
),

partners as (
    select * from {{ ref('partners') }}
),

customers as (
    select * from {{ ref('customers') }}
),

products as (
    select * from {{ ref('products') }}
),

weighed as (
    select
        items.*,
        rules.kind_name,
        rules.mrr_effect,
        rules.estimate_basis,
        rules.measure,
        rules.reason_wording,
        rules.verification,
        rules.weight,
        {{ times('items.estimated_mrr', 'rules.weight', type_money()) }} as weighted_mrr
    from items
    inner join rules on items.kind = rules.kind
)

select
    weighed.partner_id,
    weighed.opportunity_key,
    weighed.customer_id,
    weighed.product_id,
    weighed.program_id,
    weighed.track,
    weighed.kind,
    weighed.kind_name,
    partners.partner_name,
    customers.customer_name,
    products.product_name,
    {{ worded('weighed.reason_wording', {
        'customer': 'customers.customer_name',
        'product': 'coalesce(products.product_name, weighed.product_id)',
        'partner': 'coalesce(partners.partner_name, weighed.partner_id)',
        'program': "scorecards.program_name || ' (' || weighed.track || ')'",
    }) }} as reason,
    weighed.evidence,
    weighed.measure,
    weighed.mrr_effect,
    weighed.estimate_basis,
    weighed.estimate_null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    case
        when weighed.verification = 'verified' and coalesce(scorecards.verification, 'verified') = 'verified' then 'verified'
        else 'illustrative'
    end as verification,
    weighed.measured_value,
    weighed.threshold,
    weighed.partner_share,
    weighed.estimated_mrr,
    weighed.weight,
    weighed.weighted_mrr,
    row_number() over (
        partition by weighed.partner_id, weighed.month_start
        order by weighed.weighted_mrr desc nulls last, weighed.weight desc, weighed.opportunity_key asc
    ) as feed_rank,
    row_number() over (
        partition by weighed.partner_id, weighed.kind, weighed.month_start
        order by weighed.weighted_mrr desc nulls last, weighed.opportunity_key asc
    ) as kind_rank,
    weighed.due_on,
    weighed.first_shown_month,
    weighed.month_start
from weighed
left join scorecards
    on
        weighed.program_id = scorecards.program_id
        and weighed.track = scorecards.track
        and weighed.partner_id = scorecards.partner_id
        and weighed.month_start = scorecards.month_start
left join partners on weighed.partner_id = partners.partner_id
left join customers on weighed.customer_id = customers.customer_id
left join products on weighed.product_id = products.product_id
