{# The rows of a monthly table as certified: closed months as they were when they were closed, open months
   as computed from today's data. Both sides have the columns of the table's contract, or those named. (A dbt
   unit test knows no other model's contract: there both sides are taken as they stand.) A table that joins
   after months were closed shows those as today's data tells them, down from its own first closed month; one
   that was there `from_first_closing` has no such months. #}
{% macro as_certified(table, computed, columns=none, from_first_closing=false) -%}
    {%- if columns is none and execute and graph.nodes is defined -%}
        {%- set columns = graph.nodes['model.partner_metrics.' ~ table].columns.keys() | list -%}
    {%- endif -%}
    select
        {%- for column in columns or ['*'] %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ source('closed_months', table) }}
    union all
    select
        {%- for column in columns or ['*'] %}
        computed.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ computed }} as computed
    cross join {{ ref('int_closing_state') }} as closing_state
    where
        computed.month_start >= closing_state.first_open_month
    {%- if not from_first_closing %}
        or computed.month_start < coalesce(
            (select min(closed.month_start) from {{ source('closed_months', table) }} as closed),
            closing_state.first_open_month
        )
    {%- endif %}
{%- endmacro %}
