{# The partners of record of customers on days (`asked`, a query's CTE with customer_id and on_date), by the
   associations with the whole customer: what is left of a query after `asked`. For amounts that hang on no
   subscription. What partners leave is direct; shares of a customer and day sum to one. #}
{% macro partners_of_record_of_asked() -%}
associations as (
    select * from {{ ref('int_partner_associations__days') }}
    where is_of_record and split_percent > 0 and subscription_id is null
),

-- shares that would pass 100 percent are not kept: what was recorded first stays
in_force as (
    select
        asked.customer_id,
        asked.on_date,
        associations.partner_id,
        associations.split_percent,
        sum(associations.split_percent) over (
            partition by asked.customer_id, asked.on_date
            order by associations.recorded_at, associations.association_id
            rows between unbounded preceding and current row
        ) <= 100 as is_kept
    from asked
    inner join associations
        on
            asked.customer_id = associations.customer_id
            and asked.on_date >= associations.from_date
            and asked.on_date < associations.to_date
),

partner_shares as (
    select
        customer_id,
        on_date,
        partner_id,
        cast(sum(split_percent) * 0.01 as decimal(9, 6)) as share
    from in_force
    where is_kept
    group by customer_id, on_date, partner_id
),

members as (
    select * from partner_shares
    union all
    select
        asked.customer_id,
        asked.on_date,
        'direct' as partner_id,
        cast(1 - coalesce(sum(partner_shares.share), 0) as decimal(9, 6)) as share
    from asked
    left join partner_shares
        on asked.customer_id = partner_shares.customer_id and asked.on_date = partner_shares.on_date
    where asked.customer_id is not null
    group by asked.customer_id, asked.on_date
    having coalesce(sum(partner_shares.share), 0) < 1
)

select
    customer_id,
    partner_id,
    share,
    row_number() over (partition by customer_id, on_date order by share desc, partner_id asc) = 1 as takes_remainder,
    on_date
from members
{%- endmacro %}
