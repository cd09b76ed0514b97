-- Guards land and expand: every customer that ever had MRR lands in one cohort of the vendor, and a cohort of the
-- vendor is at least as large as that of any of its partners.
{{ config(meta={'dagster': {'ref': {'name': 'land_and_expand_cohorts'}}}) }}
with

cohorts as (
    select * from {{ ref('land_and_expand_cohorts') }}
),

customers as (
    select count(distinct customer_id) as customers from {{ ref('int_mrr__movements') }}
    where movement = 'new'
),

landed as (
    select coalesce(sum(landed_customers), 0) as landed_customers from cohorts
    where level = 'vendor'
)

select
    'all' as level_value,
    landed.landed_customers,
    customers.customers
from landed
cross join customers
where landed.landed_customers <> customers.customers
union all
select
    partners.level_value,
    partners.landed_customers,
    vendor.landed_customers as customers
from cohorts as partners
left join cohorts as vendor on partners.landing_month = vendor.landing_month and vendor.level = 'vendor'
where
    partners.level = 'partner'
    and (vendor.level is null or partners.landed_customers > vendor.landed_customers)
