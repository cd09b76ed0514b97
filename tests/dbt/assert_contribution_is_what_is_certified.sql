-- Guards contribution against amounts that are credited twice or to nobody: by every rule, the roles' parts of a
-- partner's kept and added MRR are what is certified of it: gross retained MRR over twelve months as today's data
-- tells it, and expansion MRR.
{{ config(meta={'dagster': {'ref': {'name': 'role_contribution_monthly'}}}) }}
with

contributed as (
    select
        partner_id,
        attribution_rule,
        month_start,
        sum(retained_mrr) as retained_mrr,
        sum(expanded_mrr) as expanded_mrr
    from {{ ref('role_contribution_monthly') }}
    group by partner_id, attribution_rule, month_start
),

retained as (
    select * from {{ ref('partner_retention_monthly_restated') }}
    where window_months = 12
),

bridge as (
    select * from {{ ref('partner_mrr_monthly') }}
),

rules as (
    select attribution_rule from {{ ref('contribution_rules') }}
),

certified as (
    select
        bridge.partner_id,
        rules.attribution_rule,
        bridge.month_start,
        coalesce(retained.gross_retained_mrr, 0) as retained_mrr,
        bridge.expansion_mrr as expanded_mrr
    from bridge
    cross join rules
    left join retained on bridge.partner_id = retained.partner_id and bridge.month_start = retained.month_start
)

select
    coalesce(certified.partner_id, contributed.partner_id) as partner_id,
    coalesce(certified.attribution_rule, contributed.attribution_rule) as attribution_rule,
    coalesce(certified.month_start, contributed.month_start) as month_start,
    certified.retained_mrr,
    contributed.retained_mrr as contributed_retained_mrr,
    certified.expanded_mrr,
    contributed.expanded_mrr as contributed_expanded_mrr
from certified
full outer join contributed
    on
        certified.partner_id = contributed.partner_id
        and certified.attribution_rule = contributed.attribution_rule
        and certified.month_start = contributed.month_start
where
    coalesce(certified.retained_mrr, 0) <> coalesce(contributed.retained_mrr, 0)
    or coalesce(certified.expanded_mrr, 0) <> coalesce(contributed.expanded_mrr, 0)
