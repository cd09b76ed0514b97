-- Guards what was closed: every figure of a closed month is published as it was when the month was closed, row for
-- row, whatever today's data says. Names of partners may change; figures may not. Months that were closed before
-- a table joined are not its own.
{{ config(meta={'dagster': {'ref': {'name': 'customer_mrr_movements'}}}) }}
{%- set attributes = {
    'partner_mrr_monthly': ['partner_name', 'partner_type', 'partner_region'],
    'customer_mrr_monthly': ['partner_role', 'landing_month'],
} %}
{%- set tables = [
    'customer_mrr_movements', 'partner_mrr_monthly', 'vendor_summary_monthly', 'customer_mrr_monthly',
    'partner_growth_monthly', 'vendor_growth_monthly', 'partner_forward_mrr_monthly', 'partner_revenue_mix_monthly',
    'partner_retention_monthly', 'retention_by_level_monthly', 'landing_cohorts_monthly'
] %}
{%- for table in tables %}
    {%- set columns = (graph.nodes['model.partner_metrics.' ~ table].columns if execute else ['month_start'])
        | reject('in', attributes.get(table, [])) | join(', ') %}
    select
        '{{ table }}' as table_name,
        month_start,
        count(*) as rows_that_differ
    from (
        (
            select {{ columns }} from {{ source('closed_months', table) }}
            except
            select {{ columns }} from {{ ref(table) }}
        )
        union all
        (
            select {{ columns }} from {{ ref(table) }}
            where
                month_start in (select closings.month_start from {{ source('closed_months', 'closings') }} as closings)
                and month_start >= (select min(closed.month_start) from {{ source('closed_months', table) }} as closed)
            except
            select {{ columns }} from {{ source('closed_months', table) }}
        )
    ) as differences
    group by month_start
    {% if not loop.last %}union all{% endif %}
{%- endfor %}
