-- When each raw table was delivered last, a row a table. A date of delivery far beyond all others is damaged,
-- and judging rows needs to know.
{% for source_name, table_name in judged_tables() %}
    {%- set relation = source(source_name, table_name) %}
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        {{ newest_delivery(relation, source_name, table_name) }} as newest_at
    from {{ relation }}
    {{ 'union all' if not loop.last }}
{% endfor %}
