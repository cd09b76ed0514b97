-- What is credited to roles, by partner and customer, and the days within which touches count: MRR of twelve months ago
-- that is still there, and every expansion. Touches on the day of an expansion or after it had no part in it.
with

cohort_customers as (
    select * from {{ ref('int_retention__cohort_customers') }}
    where not is_transferred_12
),

profiles as (
    select * from {{ ref('int_retention__customer_profiles') }}
),

movements as (
    select * from {{ ref('customer_mrr_movements') }}
    where movement = 'expansion'
),

months as (
    select * from {{ ref('int_months') }}
),

-- a customer of one partner is in the vendor's cohorts, one that is divided in each partner's own
cohorts as (
    select
        profiles.partner as partner_id,
        cohort_customers.customer_id,
        least(cohort_customers.retained_mrr_12, cohort_customers.cohort_mrr) as amount,
        {{ add_months('cohort_customers.cohort_month', 12) }} as month_start
    from cohort_customers
    inner join profiles on cohort_customers.customer_id = profiles.customer_id
    where cohort_customers.level = 'vendor' and profiles.partner is not null
    union all
    select
        level_value as partner_id,
        customer_id,
        least(retained_mrr_12, cohort_mrr) as amount,
        {{ add_months('cohort_month', 12) }} as month_start
    from cohort_customers
    where level = 'partner'
)

select
    cohorts.partner_id,
    cohorts.customer_id,
    'retained' as outcome,
    {{ money('cohorts.amount') }} as amount,
    {{ add_months('months.month_start', -11) }} as window_from,
    months.next_month_start as window_to,
    months.month_start
from cohorts
inner join months on cohorts.month_start = months.month_start
where cohorts.amount > 0
union all
select
    partner_id,
    customer_id,
    'expanded' as outcome,
    {{ money('sum(amount)') }} as amount,
    {{ add_months('movement_date', -12) }} as window_from,
    movement_date as window_to,
    month_start
from movements
group by partner_id, customer_id, movement_date, month_start
