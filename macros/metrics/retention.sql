{# The levels that retention is told at besides the whole vendor: each with the column that holds its values,
   in `int_retention__partners` (of the partner), in the customer's months (of the product) or in
   `input_customers` (of the customer). A further attribute of partners or customers is one more line. #}
{% macro retention_levels(of=none) %}
    {%- set levels = {
        'partner': {
            'partner': 'partner_id',
            'partner_tier': 'partner_tier',
            'partner_region': 'partner_region',
        },
        'product': {
            'product': 'product_id',
        },
        'customer': {
            'segment': 'segment',
            'customer_region': 'region',
        },
    } -%}
    {%- if of is none -%}
        {%- set all_levels = {} -%}
        {%- for columns in levels.values() -%}{%- do all_levels.update(columns) -%}{%- endfor -%}
        {{ return(all_levels) }}
    {%- endif -%}
    {{ return(levels[of]) }}
{% endmacro %}

{# The number of a month on a continuous count, so that windows can be counted in months. #}
{% macro month_number(month_date) -%}
    {{ dbt.datediff("cast('1970-01-01' as date)", month_date, 'month') }}
{%- endmacro %}

{# Months of customers (`int_mrr__customer_months`) summed: as reported, and valued row by row at the exchange
   rates (`int_retention__rates`) of the month and of the start of each window. #}
{% macro retention_values(months, rates) -%}
    cast(sum({{ months }}.mrr) as decimal(18, 6)) as mrr,
    cast(sum({{ in_reporting_currency(months ~ '.native_mrr', rates) }}) as decimal(18, 6)) as value
    {%- for window in var('retention_windows') %},
    cast(sum({{ in_reporting_currency(months ~ '.native_mrr', rates, of='_' ~ window) }}) as decimal(18, 6)) as value_{{ window }}
    {%- endfor %}
{%- endmacro %}

{# What is summed over the customers of a cohort. #}
{% macro retention_figures() %}
    {{ return([
        'cohort_customers', 'retained_customers', 'cohort_mrr', 'retained_mrr', 'gross_retained_mrr', 'reported_mrr',
        'gross_reported_mrr'
    ]) }}
{% endmacro %}

{# Those sums, for each window. A transferred customer is in none of them (`transfer_policy`). #}
{% macro retention_sums() -%}
    {%- for window in var('retention_windows') %}
    {%- set counts = 'not is_transferred_' ~ window if var('transfer_policy') == 'leave' else 'cohort_mrr > 0' %}
    count(*) filter (where {{ counts }}) as cohort_customers_{{ window }},
    count(*) filter (where {{ counts }} and retained_mrr_{{ window }} > 0) as retained_customers_{{ window }},
    sum(cohort_mrr) filter (where {{ counts }}) as cohort_mrr_{{ window }},
    sum(retained_mrr_{{ window }}) filter (where {{ counts }}) as retained_mrr_{{ window }},
    sum(least(retained_mrr_{{ window }}, cohort_mrr)) filter (where {{ counts }}) as gross_retained_mrr_{{ window }},
    sum(reported_mrr_{{ window }}) filter (where {{ counts }}) as reported_mrr_{{ window }},
    sum(least(reported_mrr_{{ window }}, cohort_mrr)) filter (where {{ counts }}) as gross_reported_mrr_{{ window }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
