-- Raw rows that their contract refused, with the row as it landed.
{% for source_name, table_name in judged_tables() %}
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        source_relation,
        row_key,
        {{ dbt.split_part('row_reason', "'|'", 1) }} as reason_code,
        {{ dbt.split_part('row_reason', "'|'", 2) }} as column_name,
        raw_row,
        _fivetran_synced as seen_at
    from {{ ref('base_' ~ source_name ~ '__' ~ table_name) }}
    where row_status = 'quarantined'
    {{ 'union all' if not loop.last }}
{% endfor %}
