-- The lines that a lever pays on: of partners and customers in its scope, for products of its offer set, where its gate
-- is met at the end of the period, and registered or of the milestone where that is asked.
with

lines as (
    select * from {{ ref('int_incentives__lever_lines') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

refusals as (
    select * from {{ ref('int_incentives__scope_refusals') }}
),

offered as (
    select * from {{ ref('int_incentives__offer_products') }}
),

gates as (
    select * from {{ ref('int_incentives__gate_results') }}
    where is_met
),

deals as (
    select * from {{ ref('int_incentives__registered_deals') }}
),

milestones as (
    select * from {{ ref('milestones') }}
),

within_scope as (
    select
        lines.*,
        period_levers.gate_group_id,
        period_levers.deal_registration_policy_id,
        period_levers.last_month
    from lines
    inner join period_levers
        on
            lines.program_version_id = period_levers.program_version_id
            and lines.lever_id = period_levers.lever_id
            and lines.period_start = period_levers.period_start
    left join refusals as refused_partners
        on
            period_levers.program_version_id = refused_partners.program_version_id
            and period_levers.scope_id = refused_partners.scope_id
            and period_levers.period_start = refused_partners.period_start
            and lines.partner_id = refused_partners.partner_id
    left join refusals as refused_customers
        on
            period_levers.program_version_id = refused_customers.program_version_id
            and period_levers.scope_id = refused_customers.scope_id
            and period_levers.period_start = refused_customers.period_start
            and coalesce(lines.customer_id, 'none') = refused_customers.customer_id
    left join offered
        on
            period_levers.program_version_id = offered.program_version_id
            and period_levers.offer_set_id = offered.offer_set_id
            and period_levers.first_month = offered.month_start
            and lines.product_id = offered.product_id
    left join milestones
        on
            period_levers.milestone_id = milestones.milestone_id
            and lines.condition_key = milestones.event
            and {{ rule_in_force('milestones', 'period_levers', 'period_levers.period_start') }}
    where
        refused_partners.partner_id is null
        and refused_customers.customer_id is null
        and (period_levers.offer_set_id is null or offered.product_id is not null)
        and (period_levers.milestone_id is null or milestones.milestone_id is not null)
)

select
    within_scope.program_id,
    within_scope.program_version_id,
    within_scope.lever_id,
    within_scope.partner_id,
    within_scope.customer_id,
    within_scope.product_id,
    within_scope.condition_key,
    within_scope.source_type,
    within_scope.source_id,
    within_scope.base_amount,
    within_scope.period_start,
    within_scope.month_start,
    within_scope.occurred_on
from within_scope
left join gates
    on
        within_scope.program_version_id = gates.program_version_id
        and within_scope.gate_group_id = gates.gate_group_id
        and within_scope.partner_id = gates.partner_id
        and within_scope.last_month = gates.month_start
where
    (within_scope.gate_group_id is null or gates.gate_group_id is not null)
    and (
        within_scope.deal_registration_policy_id is null
        or exists (
            select 1
            from deals
            where
                within_scope.program_version_id = deals.program_version_id
                and within_scope.deal_registration_policy_id = deals.deal_registration_policy_id
                and within_scope.partner_id = deals.partner_id
                and within_scope.customer_id = deals.customer_id
                and coalesce(deals.product_id, within_scope.product_id, '')
                = coalesce(within_scope.product_id, deals.product_id, '')
                and within_scope.occurred_on >= deals.from_date
                and within_scope.occurred_on < deals.to_date
        )
    )
