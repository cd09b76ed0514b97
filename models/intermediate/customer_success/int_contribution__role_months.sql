-- What is credited to each role of the whole vendor, by each rule: MRR of twelve months ago that is still there, and what
-- was added in those twelve months. A row a role, rule and month, whether there is anything or not.
with

contribution as (
    select * from {{ ref('role_contribution_monthly') }}
),

months as (
    select
        month_start,
        row_number() over (order by month_start) as months_so_far
    from {{ ref('int_months') }}
),

rules as (
    select * from {{ ref('contribution_rules') }}
),

roles as (
    select distinct role_id from {{ ref('contribution_roles') }}
    union all
    select 'partner_staff' as role_id
),

summed as (
    select
        roles.role_id,
        rules.attribution_rule,
        rules.is_default,
        months.months_so_far,
        coalesce(sum(contribution.retained_mrr), 0) as retained_mrr,
        coalesce(sum(contribution.expanded_mrr), 0) as expanded_mrr,
        months.month_start
    from months
    cross join rules
    cross join roles
    left join contribution
        on
            months.month_start = contribution.month_start
            and rules.attribution_rule = contribution.attribution_rule
            and roles.role_id = contribution.role_id
    group by
        roles.role_id, rules.attribution_rule, rules.is_default, months.months_so_far, months.month_start
)

select
    role_id,
    attribution_rule,
    {{ money('retained_mrr') }} as retained_mrr,
    {{ money(
        'sum(expanded_mrr) over (partition by role_id, attribution_rule order by month_start '
        ~ 'rows between 11 preceding and current row)'
    ) }} as expanded_mrr,
    is_default,
    -- the first twelve months have nothing to look back to
    months_so_far > 12 as is_full,
    month_start
from summed
