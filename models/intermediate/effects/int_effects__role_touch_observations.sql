-- Customers with MRR twelve months ago, once a study of touches and outcome: whether they were touched before that,
-- and what became of them since. What is touched later cannot be a cause, and does not count.
with

studies as (
    select * from {{ ref('effect_studies') }}
    where exposure_kind = 'role_touch'
),

cohorts as (
    select * from {{ ref('int_effects__customer_cohorts') }}
),

months as (
    select * from {{ ref('int_months') }}
),

first_months as (
    select min(month_start) as first_month
    from months
),

touches as (
    select
        customer_id,
        role_id,
        touch_kind,
        month_start,
        count(*) as touches
    from {{ ref('int_touches') }}
    group by customer_id, role_id, touch_kind, month_start
),

-- a touch counts for the cohorts that start in its month and in those after it, as far as the study looks back
exposed as (
    select
        studies.exposure_id,
        touches.customer_id,
        months.month_start as cohort_month
    from touches
    inner join studies
        on
            touches.role_id = coalesce(studies.role_id, touches.role_id)
            and touches.touch_kind = coalesce(studies.touch_kind, touches.touch_kind)
    inner join months
        on
            touches.month_start <= months.month_start
            and {{ add_months('touches.month_start', 'studies.look_back_months') }} > months.month_start
    group by studies.exposure_id, touches.customer_id, months.month_start, studies.minimum_touches
    having sum(touches.touches) >= studies.minimum_touches
),

studied as (
    select
        studies.exposure_id,
        studies.exposure_kind,
        cohorts.customer_id,
        cohorts.stratum,
        exposed.customer_id is not null as is_exposed,
        cohorts.is_expanded,
        cohorts.cohort_mrr,
        cohorts.retained_mrr,
        cohorts.month_start
    from cohorts
    cross join first_months
    inner join studies
        on {{ add_months('first_months.first_month', 'studies.look_back_months - 1') }} <= cohorts.cohort_month
    left join exposed
        on
            studies.exposure_id = exposed.exposure_id
            and cohorts.customer_id = exposed.customer_id
            and cohorts.cohort_month = exposed.cohort_month
)

{% for outcome, numerator, denominator in [
    ('renewed', 'case when retained_mrr > 0 then 1 else 0 end', '1'),
    ('expanded', 'case when is_expanded then 1 else 0 end', '1'),
    ('mrr_kept', 'retained_mrr', 'cohort_mrr'),
] %}
    select
        exposure_id,
        exposure_kind,
        '{{ outcome }}' as outcome_id,
        'customer' as unit_kind,
        customer_id as unit_id,
        stratum,
        is_exposed,
        {{ money(numerator) }} as outcome_numerator,
        {{ money(denominator) }} as outcome_denominator,
        month_start
    from studied
    {% if not loop.last %}union all{% endif %}
{% endfor %}
