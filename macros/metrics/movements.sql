{# The movements of the MRR bridge, in the order in which they are shown. #}
{% macro bridge_movements(with_transfers=true) %}
    {{ return(
        ['new', 'reactivation', 'expansion', 'contraction', 'churn']
        + (['transfer_in', 'transfer_out'] if with_transfers else [])
        + ['fx', 'correction']
    ) }}
{% endmacro %}

{# The movements of a bridge summed, each as the bridge shows it: losses as positive figures that are taken
   off. #}
{% macro bridge_sums(with_transfers=true) -%}
    {%- for movement in bridge_movements(with_transfers) %}
    sum(case
        when movement = '{{ movement }}'
            then {{ '-' if movement in ('contraction', 'churn', 'transfer_out') }}amount
        else 0
    end) as {{ movement }}_mrr{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The columns of a bridge, from the closing MRR of each month (`closings`) and its sums (`bridges`). #}
{% macro bridge_columns(closings, months_of, with_transfers=true) -%}
    {{ money('coalesce(lag(' ~ closings ~ '.closing_mrr) over (' ~ months_of ~ ' order by ' ~ closings ~ '.month_start), 0)') }} as opening_mrr,
    {%- for movement in bridge_movements(with_transfers) %}
    {{ money('coalesce(bridges.' ~ movement ~ '_mrr, 0)') }} as {{ movement }}_mrr,
    {%- endfor %}
    {{ money(closings ~ '.closing_mrr') }} as closing_mrr,
    {{ money('12 * ' ~ closings ~ '.closing_mrr') }} as closing_arr
{%- endmacro %}
