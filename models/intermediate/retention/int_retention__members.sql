-- What each customer has at the end of each month, of the vendor and of each value that it is divided over: as
-- reported, and worth at the exchange rates of now and of the start of each window.
with

customer_months as (
    select * from {{ ref('int_mrr__customer_months') }}
),

rates as (
    select * from {{ ref('int_retention__rates') }}
),

profiles as (
    select * from {{ ref('int_retention__customer_profiles') }}
),

partners as (
    select * from {{ ref('int_retention__partners') }}
)

select
    'vendor' as level,
    'all' as level_value,
    customer_months.customer_id,
    {{ retention_values('customer_months', 'rates') }},
    customer_months.month_start
from customer_months
inner join rates
    on customer_months.currency = rates.currency and customer_months.month_start = rates.month_start
group by customer_months.customer_id, customer_months.month_start
{%- for of, table in {'partner': 'partners', 'product': 'customer_months'}.items() %}
    {%- for level, column in retention_levels(of).items() %}
        union all
        select
            '{{ level }}' as level,
            {{ table }}.{{ column }} as level_value,
            customer_months.customer_id,
            {{ retention_values('customer_months', 'rates') }},
            customer_months.month_start
        from customer_months
        inner join profiles
            on customer_months.customer_id = profiles.customer_id and profiles.{{ level }} is null
        inner join rates
            on customer_months.currency = rates.currency and customer_months.month_start = rates.month_start
        {%- if of == 'partner' %}
            inner join partners on customer_months.partner_id = partners.partner_id
        {%- endif %}
        group by {{ table }}.{{ column }}, customer_months.customer_id, customer_months.month_start
    {%- endfor %}
{%- endfor %}
