{# The movements of the MRR bridge, in the order in which they are shown. #}
{% macro bridge_movements(with_transfers=true) %}
    {{ return(
        ['new', 'reactivation', 'expansion', 'contraction', 'churn']
        + (['transfer_in', 'transfer_out'] if with_transfers else [])
        + ['fx', 'correction']
    ) }}
{% endmacro %}

{# The sum of one movement as the bridge shows it: losses as positive figures that are taken off. #}
{% macro sum_of_movement(movement, sign=1) -%}
    sum(case when movement = '{{ movement }}' then {{ '-' if sign < 0 }}amount else 0 end)
{%- endmacro %}
