-- Every customer in each month that it has MRR in and that was twelve months ago or more: what became of it, and
-- the stratum of customers that it is compared with. The stratum knows nothing that happened after the cohort month.
with

cohort_customers as (
    select * from {{ ref('int_retention__cohort_customers') }}
    where level = 'vendor'
),

months as (
    select * from {{ ref('int_months') }}
),

customers as (
    select * from {{ ref('customers') }}
),

customer_months as (
    select * from {{ ref('int_mrr__customer_months') }}
),

partners as (
    select * from {{ ref('partners') }}
),

upsells as (
    select distinct
        customer_id,
        month_start
    from {{ ref('customer_mrr_movements') }}
    where is_upsell
),

bands as (
    select * from {{ ref('effect_bands') }}
    where unit_kind = 'customer'
),

complete as (
    select
        cohort_customers.customer_id,
        cohort_customers.cohort_mrr,
        cohort_customers.retained_mrr_12 as retained_mrr,
        cohort_customers.cohort_month,
        months.month_start
    from cohort_customers
    inner join months on {{ add_months('cohort_customers.cohort_month', 12) }} = months.month_start
),

partner_parts as (
    select
        customer_id,
        partner_id,
        month_start,
        row_number() over (partition by customer_id, month_start order by sum(mrr) desc, partner_id) as place
    from customer_months
    group by customer_id, partner_id, month_start
),

expanded as (
    select distinct
        complete.customer_id,
        complete.cohort_month
    from complete
    inner join upsells
        on
            complete.customer_id = upsells.customer_id
            and complete.cohort_month < upsells.month_start
            and complete.month_start >= upsells.month_start
)

select
    complete.customer_id,
    customers.segment || ' / ' || mrr_bands.band || ' / ' || tenure_bands.band || ' / ' || partners.partner_type as stratum,
    complete.cohort_mrr,
    complete.retained_mrr,
    expanded.customer_id is not null as is_expanded,
    complete.cohort_month,
    complete.month_start
from complete
inner join customers on complete.customer_id = customers.customer_id
inner join partner_parts
    on
        complete.customer_id = partner_parts.customer_id
        and complete.cohort_month = partner_parts.month_start
        and partner_parts.place = 1
inner join partners on partner_parts.partner_id = partners.partner_id
inner join bands as mrr_bands
    on
        mrr_bands.band_kind = 'mrr'
        and complete.cohort_mrr >= mrr_bands.at_least
        and (complete.cohort_mrr < mrr_bands.below or mrr_bands.below is null)
inner join bands as tenure_bands
    on
        tenure_bands.band_kind = 'tenure'
        and {{ dbt.datediff('customers.landing_month', 'complete.cohort_month', 'month') }} >= tenure_bands.at_least
        and (
            {{ dbt.datediff('customers.landing_month', 'complete.cohort_month', 'month') }} < tenure_bands.below
            or tenure_bands.below is null
        )
left join expanded
    on complete.customer_id = expanded.customer_id and complete.cohort_month = expanded.cohort_month
