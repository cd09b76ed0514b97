-- Guards the rows of retention: each month of a partner's bridge has every window, and no other month has any.
{{ config(meta={'dagster': {'ref': {'name': 'int_retention__partner_months'}}}) }}
with

partner_months as (
    select distinct
        partner_id,
        month_start
    from {{ ref('int_mrr__partner_months') }}
),

retention as (
    select
        partner_id,
        month_start,
        count(*) as windows
    from {{ ref('int_retention__partner_months') }}
    group by partner_id, month_start
)

select
    coalesce(partner_months.partner_id, retention.partner_id) as partner_id,
    coalesce(partner_months.month_start, retention.month_start) as month_start,
    retention.windows
from partner_months
full outer join retention
    on partner_months.partner_id = retention.partner_id and partner_months.month_start = retention.month_start
where
    partner_months.partner_id is null
    or coalesce(retention.windows, 0) <> {{ var('retention_windows') | length }}
