-- Every value of each level that ever had MRR, and the first month in which it had.
with

traces as (
    select * from {{ ref('int_retention__traces') }}
),

partners as (
    select * from {{ ref('int_retention__partners') }}
),

profiles as (
    select * from {{ ref('int_retention__customer_profiles') }}
)

select
    'vendor' as level,
    'all' as level_value,
    min(first_month) as first_month
from profiles
having min(first_month) is not null
{%- for level, column in retention_levels('partner').items() %}
    union all
    select
        '{{ level }}' as level,
        partners.{{ column }} as level_value,
        min(traces.first_month) as first_month
    from traces
    inner join partners on traces.partner_id = partners.partner_id
    group by partners.{{ column }}
{%- endfor %}
{%- for level, column in retention_levels('product').items() %}
    union all
    select
        '{{ level }}' as level,
        {{ column }} as level_value,
        min(first_month) as first_month
    from traces
    group by {{ column }}
{%- endfor %}
{%- for level in retention_levels('customer') %}
    union all
    select
        '{{ level }}' as level,
        {{ level }} as level_value,
        min(first_month) as first_month
    from profiles
    group by {{ level }}
{%- endfor %}
