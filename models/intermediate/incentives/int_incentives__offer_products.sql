-- Which products are in which offer set of a version, month by month: named by themselves or by their family, and not
-- left out by name. Sets that only leave out start from all products.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

members as (
    select * from {{ ref('offer_set_members') }}
),

products as (
    select * from {{ ref('input_products') }}
),

in_force as (
    select
        version_months.program_version_id,
        version_months.month_start,
        members.offer_set_id,
        members.product_family,
        members.product_id,
        coalesce(members.is_included, true) as is_included
    from version_months
    inner join members
        on {{ rule_in_force('members', 'version_months', 'version_months.month_start') }}
),

judged as (
    select
        in_force.program_version_id,
        in_force.offer_set_id,
        products.product_id,
        in_force.month_start,
        max(case when in_force.is_included then 1 else 0 end) as has_inclusions,
        max(case
            when
                in_force.is_included
                and coalesce(in_force.product_id = products.product_id, true)
                and coalesce(in_force.product_family = products.product_family, in_force.product_family is null)
                then 1
            else 0
        end) as is_included,
        max(case
            when
                not in_force.is_included
                and coalesce(in_force.product_id = products.product_id, true)
                and coalesce(in_force.product_family = products.product_family, in_force.product_family is null)
                then 1
            else 0
        end) as is_excluded
    from in_force
    cross join products
    group by in_force.program_version_id, in_force.offer_set_id, products.product_id, in_force.month_start
)

select
    program_version_id,
    offer_set_id,
    product_id,
    month_start
from judged
where (is_included = 1 or has_inclusions = 0) and is_excluded = 0
