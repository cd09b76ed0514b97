{# What a slice of an item in force keeps of the interval that it was cut from. #}
{% macro in_force_columns(table='') -%}
    {%- set columns = [
        'subscription_item_id', 'subscription_id', 'customer_id', 'product_id', 'price_id', 'currency', 'billing_interval',
        'evidence', 'numerator', 'denominator', 'quantity', 'gross_mrr', 'is_escalator', 'is_at_risk'
    ] -%}
    {%- for column in columns %}{{ table ~ '.' if table }}{{ column }}{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}
