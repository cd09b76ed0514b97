-- Guards the calendar: a partner's months follow each other without a hole up to the last complete month, and
-- nothing is dated after it.
{{ config(meta={'dagster': {'ref': {'name': 'partner_mrr_monthly'}}}) }}
with

months as (
    select
        partner_id,
        count(*) as months_found,
        min(month_start) as first_month,
        max(month_start) as last_month
    from {{ ref('partner_mrr_monthly') }}
    group by partner_id
),

as_of as (
    select * from {{ ref('int_as_of') }}
)

select
    months.partner_id,
    months.first_month,
    months.last_month,
    months.months_found
from months
cross join as_of
where
    months.last_month <> as_of.last_complete_month
    or months.months_found <> {{ dbt.datediff('months.first_month', 'as_of.last_complete_month', 'month') }} + 1
union all
select
    movements.partner_id,
    movements.month_start as first_month,
    movements.movement_date as last_month,
    1 as months_found
from {{ ref('customer_mrr_movements') }} as movements
cross join as_of
where movements.month_start > as_of.last_complete_month
