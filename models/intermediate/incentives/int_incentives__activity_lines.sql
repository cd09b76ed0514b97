{{ config(materialized='view') }}
-- What partners did, in the shape of metric lines: what was billed, signed, registered and won, renewed, and brought into
-- use. Renewals and milestones stand once for each rule by which a program judges them.
with

roles as (
    select * from {{ ref('int_partners__customer_roles') }}
),

-- a deal counts once, whatever its products
registered_deals as (
    select distinct
        opportunity_id,
        opportunity_kind,
        deal_registration_id,
        registered_partner_id,
        customer_id,
        close_date,
        month_start
    from {{ ref('int_incentives__won_deals') }}
    where registered_partner_id is not null
)

select
    'billed_revenue' as metric_id,
    partner_id,
    customer_id,
    product_id,
    partner_role,
    revenue_kind as condition_key,
    cast(null as {{ dbt.type_string() }}) as rule_id,
    'invoice_line' as source_type,
    invoice_line_id as source_id,
    amount,
    month_start,
    billed_on as occurred_on
from {{ ref('int_incentives__billed_parts') }}
union all
select
    'signed_contract_value' as metric_id,
    partner_id,
    customer_id,
    product_id,
    partner_role,
    opportunity_kind as condition_key,
    null as rule_id,
    'opportunity' as source_type,
    opportunity_id as source_id,
    amount,
    month_start,
    close_date as occurred_on
from {{ ref('int_incentives__deal_parts') }}
union all
select
    'won_registered_deals' as metric_id,
    won_deals.registered_partner_id as partner_id,
    won_deals.customer_id,
    null as product_id,
    coalesce(roles.partner_role, 'registered') as partner_role,
    won_deals.opportunity_kind as condition_key,
    null as rule_id,
    'deal_registration' as source_type,
    won_deals.deal_registration_id as source_id,
    1 as amount,
    won_deals.month_start,
    won_deals.close_date as occurred_on
from registered_deals as won_deals
left join roles
    on won_deals.registered_partner_id = roles.partner_id and won_deals.customer_id = roles.customer_id
union all
select
    'renewed_mrr' as metric_id,
    partner_id,
    customer_id,
    product_id,
    partner_role,
    outcome as condition_key,
    rule_id,
    'subscription_term' as source_type,
    term_id as source_id,
    renewed_mrr as amount,
    month_start,
    renewed_on as occurred_on
from {{ ref('int_incentives__renewal_lines') }}
union all
select
    'milestones_reached' as metric_id,
    partner_id,
    customer_id,
    product_id,
    partner_role,
    event as condition_key,
    rule_id,
    'milestone' as source_type,
    rule_id as source_id,
    milestones as amount,
    month_start,
    reached_on as occurred_on
from {{ ref('int_incentives__milestones') }}
