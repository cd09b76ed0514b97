"""What estimates should find on simulated data: SQL on a warehouse with `truth_care` beside it.

`truth_care` is the simulator's truth table `care`: with which chance a role looks after a customer.
"""

# What estimates should find in the last month. With chance p of care, outcome y over x: a sum of
# products over two different units is the product of the sums, less what a unit has with itself.
# A partner's people are in touch with nobody while no partner stands behind the customer.
TRUTH = """
    with served as (
        select distinct customer_id
        from intermediate.int_mrr__customer_months
        where partner_id <> 'direct' and month_start between
            (select max(month_start) - interval 17 month from intermediate.int_months)
            and (select max(month_start) - interval 12 month from intermediate.int_months)
    ),

    units as (
        select
            care_roles.role_id, outcomes.outcome_id, cohorts.stratum,
            case
                when care_roles.role_id = 'partner_staff' and served.customer_id is null then 0
                else coalesce(care.probability, 0)
            end::double as p,
            case outcome_id
                when 'renewed' then (cohorts.retained_mrr > 0)::int
                when 'expanded' then cohorts.is_expanded::int
                else cohorts.retained_mrr
            end::double as y,
            case outcome_id when 'mrr_kept' then cohorts.cohort_mrr else 1 end::double as x
        from intermediate.int_effects__customer_cohorts as cohorts
        cross join (select distinct role_id from truth_care) as care_roles
        cross join (values ('renewed'), ('expanded'), ('mrr_kept')) as outcomes (outcome_id)
        left join truth_care as care
            on cohorts.customer_id = care.customer_id and care_roles.role_id = care.role_id
        left join served on cohorts.customer_id = served.customer_id
        where cohorts.month_start = (select max(month_start) from intermediate.int_months)
    ),

    designs as (
        select *, 'strata' as design from units
        union all
        select * replace ('all' as stratum), 'crude' from units
    ),

    strata as (
        select
            design, role_id, outcome_id, stratum, sum(x) as size,
            sum(p * y) * sum((1 - p) * x) - sum((1 - p) * y) * sum(p * x) as above,
            sum(p * x) * sum((1 - p) * x) - sum(p * (1 - p) * x * x) as below,
            sum(p * y) * sum((1 - p) * (x - y)) as for_care,
            sum((1 - p) * y) * sum(p * (x - y)) as against_care
        from designs
        group by design, role_id, outcome_id, stratum
    )

    select
        design, role_id, outcome_id,
        sum(above / size) / sum(below / size) as difference,
        case when outcome_id <> 'mrr_kept'
            then sum(for_care / size) / sum(against_care / size)
        end as odds_ratio
    from strata
    group by design, role_id, outcome_id
"""
ESTIMATES = """
    select
        left(exposure_id, -6) as role_id, outcome_id,
        crude_difference, crude_odds_ratio, difference, difference_low, difference_high,
        odds_ratio, odds_ratio_low, odds_ratio_high
    from intermediate.int_effects__estimates
    where exposure_id like '%\\_touch' escape '\\'
        and month_start = (select max(month_start) from intermediate.int_months)
"""
# An interval as wide as that of the estimate around the crude figure: would it do as well?
COMPARED = f"""
    with truth as ({TRUTH}), estimates as ({ESTIMATES})
    select
        truth.outcome_id, truth.role_id,
        truth.difference as true_difference, truth.odds_ratio as true_odds_ratio,
        estimates.* exclude (role_id, outcome_id)
    from truth
    inner join estimates using (role_id, outcome_id)
    where truth.design = 'strata'
"""
