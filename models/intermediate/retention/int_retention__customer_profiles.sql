-- Where the whole of a customer belongs at each level. A customer that was ever divided, between two partners
-- for instance, belongs nowhere as a whole there, and is followed in parts. Most customers are never divided,
-- so that most of the work is done once for all levels.
{%- set partner_levels = retention_levels('partner').values() %}
{%- set product_levels = retention_levels('product').values() %}
with

traces as (
    select * from {{ ref('int_retention__traces') }}
),

partners as (
    select * from {{ ref('int_retention__partners') }}
),

customers as (
    select * from {{ ref('input_customers') }}
),

seen as (
    select
        traces.customer_id,
        {%- for column in partner_levels %}
            min(partners.{{ column }}) as first_{{ column }},
            max(partners.{{ column }}) as last_{{ column }},
        {%- endfor %}
        {%- for column in product_levels %}
            min(traces.{{ column }}) as first_{{ column }},
            max(traces.{{ column }}) as last_{{ column }},
        {%- endfor %}
        min(traces.first_month) as first_month
    from traces
    inner join partners on traces.partner_id = partners.partner_id
    group by traces.customer_id
)

select
    seen.customer_id,
    {%- for level, column in retention_levels('partner').items() %}
        case when seen.first_{{ column }} = seen.last_{{ column }} then seen.first_{{ column }} end as {{ level }},
    {%- endfor %}
    {%- for level, column in retention_levels('product').items() %}
        case when seen.first_{{ column }} = seen.last_{{ column }} then seen.first_{{ column }} end as {{ level }},
    {%- endfor %}
    {%- for level, column in retention_levels('customer').items() %}
        coalesce(customers.{{ column }}, 'unknown') as {{ level }},
    {%- endfor %}
    seen.first_month
from seen
left join customers on seen.customer_id = customers.customer_id
