{#
Every landed row of one table, cast to its contract and judged: accepted, quarantined or superseded.

The contract is the table's entry in the source's YAML. Per column: `data_type`, and under
`config.meta`: `required`, `min`, `max`, `accepted_values`, `damaged_text: reject`. Per table, under
`config.meta`: `key` (columns), `deleted_flag` with `deleted_rows: superseded`, `checks` (a list of
`reason`, `column`, `fails_when`). A column that the extract does not have becomes a typed null.

`parents` are the rows that a row must belong to: a list of
{column, model, key, reason, same_source}. They are arguments because dbt reads refs while parsing.

Verdict columns: `row_status`, `row_reason` (code|column), `row_key`, `raw_row` (JSON, quarantined
rows only). A broken row is quarantined before versions are compared, so that a broken new version
does not take the place of a good old one.
#}
{% macro base_rows(source_name, table_name, parents=[]) %}
{%- set relation = source(source_name, table_name) -%}
{%- set deliveries = ref('stg_deliveries') -%}
{%- set parent_relations = [] -%}
{%- for parent in parents -%}{%- do parent_relations.append(ref(parent.model)) -%}{%- endfor -%}
{%- if not execute -%}
select 1 as parsed
{%- else -%}
{%- set contract = source_contract(source_name, table_name) -%}
{%- set meta = contract.config.meta -%}
{%- set columns = contract.columns.values() | list -%}
{%- set found = {} -%}
{%- for column in adapter.get_columns_in_relation(relation) -%}
    {%- do found.update({column.name | lower: column.dtype | lower}) -%}
{%- endfor -%}
{%- set raw_columns = [] -%}
{%- for column in found -%}{%- do raw_columns.append(adapter.quote(column)) -%}{%- endfor -%}
{%- set synced = '_fivetran_synced' -%}
with

repeated as (
    -- keys that landed more than once; all other rows need no comparison of versions
    select {% for key in meta.key %}{{ contract_cast(contract.columns[key], found) }} as repeated_{{ key }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ relation }}
    group by all
    having count(*) > 1
),

-- a delivery long after those of all other tables is a damaged date: it would move the month that figures end with
plausible as (
    select {{ dbt.dateadd('day', 31, 'max(newest_at)') }} as latest_at
    from {{ deliveries }}
    where not (source_name = '{{ source_name }}' and table_name = '{{ table_name }}')
),
{% for parent in parents %}
parent_{{ loop.index }} as (
    {%- if parent.get('same_source', true) %}
    select source_relation as parent_relation, {{ parent.key }} as parent_key
    {%- else %}
    select distinct {{ parent.key }} as parent_key
    {%- endif %}
    from {{ parent_relations[loop.index0] }}
),
{% endfor %}
single_landed as (
    select landed.*
    from {{ relation }} as landed
    left join repeated on {{ same_key(meta.key, contract, found) }}
    where {% for key in meta.key %}repeated.repeated_{{ key }} is null{{ ' and ' if not loop.last }}{% endfor %}
),

repeated_landed as (
    select landed.*
    from {{ relation }} as landed
    inner join repeated on {{ same_key(meta.key, contract, found) }}
),

single_rows as (
    {{ judged_rows('single_landed', columns, raw_columns, found, meta, parents) }}
),

repeated_rows as (
    {{ judged_rows('repeated_landed', columns, raw_columns, found, meta, parents) }}
),

versions as (
    select
        repeated_rows.*,
        {{ json_object_of(raw_columns) }} as version_content,
        {{ business_content(columns, synced) }} as business_content
    from repeated_rows
),

ranked_rows as (
    select
        versions.*,
        row_number() over (version_order) as version_rank,
        first_value(business_content) over (version_order) = business_content as is_replay
    from versions
    window version_order as (
        partition by {% for key in meta.key %}c_{{ key }}, {% endfor %}source_relation
        order by
            case when reject_reason is null then 0 else 1 end,
            {% if synced in contract.columns %}c_{{ synced }} desc nulls last,{% endif %}
            version_content desc
    )
),

all_rows as (
    select single_rows.*, 1 as version_rank, false as is_replay from single_rows
    union all
    select {% for column in columns %}c_{{ column.name }}, {% endfor %}{{ ', '.join(raw_columns) }}, reject_reason, version_rank, is_replay
    from ranked_rows
)

select
    {%- for column in columns %}
    c_{{ column.name }} as {{ adapter.quote(column.name) }},
    {%- endfor %}
    source_relation,
    case
        when reject_reason is not null then 'quarantined'
        when version_rank > 1 then 'superseded'
        {%- if meta.deleted_flag is defined and meta.get('deleted_rows') == 'superseded' %}
        when c_{{ meta.deleted_flag }} then 'superseded'
        {%- endif %}
        else 'accepted'
    end as row_status,
    case
        when reject_reason is not null then reject_reason
        when version_rank > 1 and is_replay then 'replay'
        when version_rank > 1 then 'older_version'
        {%- if meta.deleted_flag is defined and meta.get('deleted_rows') == 'superseded' %}
        when c_{{ meta.deleted_flag }} then 'deleted_in_source'
        {%- endif %}
    end as row_reason,
    case
        when reject_reason is not null or version_rank > 1
            then concat_ws('|'{% for key in meta.key %}, cast(c_{{ key }} as {{ dbt.type_string() }}){% endfor %})
    end as row_key,
    case when reject_reason is not null then {{ json_object_of(raw_columns) }} end as raw_row
from all_rows
{%- endif -%}
{% endmacro %}

{# Rows of a landed relation with their typed values (`c_<column>`), their raw ones, and the first rule of the
   contract that they break, as code|column; null where they break none. #}
{% macro judged_rows(landed, columns, raw_columns, found, meta, parents) -%}
    select
        typed.*,
        case
            {%- for column in columns %}
            {%- set rules = column.config.meta %}
            {%- set raw = 'typed.' ~ adapter.quote(column.name) %}
            {%- set cast_value = 'typed.c_' ~ column.name %}
            {%- if rules.get('required') and column.name in found %}
            when {{ cast_value }} is null and {{ is_blank(raw, found[column.name]) }} then 'missing_value|{{ column.name }}'
            {%- elif rules.get('required') %}
            when {{ cast_value }} is null then 'missing_value|{{ column.name }}'
            {%- endif %}
            {%- if column.name in found and not same_type(column.data_type, found[column.name]) %}
            when {{ cast_value }} is null and not {{ is_blank(raw, found[column.name]) }} then 'wrong_type|{{ column.name }}'
            {%- endif %}
            {%- if column.data_type in ('timestamp', 'date') and column.name in found %}
            when {{ cast_value }} < cast('1990-01-01' as {{ column.data_type }})
                or {{ cast_value }} >= cast('2100-01-01' as {{ column.data_type }}) then 'impossible_date|{{ column.name }}'
            {%- endif %}
            {%- if column.name == '_fivetran_synced' and column.name in found %}
            when {{ cast_value }} > plausible.latest_at then 'impossible_date|{{ column.name }}'
            {%- endif %}
            {%- if (column.name in meta.key or rules.get('damaged_text') == 'reject') and column.data_type == 'varchar' and column.name in found %}
            when {{ has_damaged_text(cast_value) }} then 'damaged_text|{{ column.name }}'
            {%- endif %}
            {%- if rules.min is defined and column.name in found %}
            when {{ cast_value }} < {{ rules.min }} then 'out_of_range|{{ column.name }}'
            {%- endif %}
            {%- if rules.max is defined and column.name in found %}
            when {{ cast_value }} > {{ rules.max }} then 'out_of_range|{{ column.name }}'
            {%- endif %}
            {%- if rules.accepted_values is defined and column.name in found %}
            when {{ cast_value }} not in ({% for value in rules.accepted_values %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %}) then 'unknown_value|{{ column.name }}'
            {%- endif %}
            {%- endfor %}
            {%- for check in meta.get('checks', []) %}
            when {{ check.fails_when }} then '{{ check.reason }}|{{ check.column }}'
            {%- endfor %}
            {%- for parent in parents %}
            when {{ parent.get('match', 'typed.c_' ~ parent.column) }} is not null and parent_{{ loop.index }}.parent_key is null then '{{ parent.get("reason", "orphan_key") }}|{{ parent.column }}'
            {%- endfor %}
        end as reject_reason
    from (
        select
            {%- for column in columns %}
            {{ contract_cast(column, found) }} as c_{{ column.name }},
            {%- endfor %}
            {{ ', '.join(raw_columns) }}
        from {{ landed }}
    ) as typed
    cross join plausible
    {%- for parent in parents %}
    left join parent_{{ loop.index }}
        on {{ parent.get('match', 'typed.c_' ~ parent.column) }} = parent_{{ loop.index }}.parent_key
        {%- if parent.get('same_source', true) %}
        and typed.source_relation = parent_{{ loop.index }}.parent_relation
        {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# The newest moment of delivery that a table's rows carry and that lies within the years that dates may have. #}
{% macro newest_delivery(relation, source_name, table_name) -%}
    {%- if not execute -%}
        cast(null as timestamp)
    {%- else -%}
        {%- set found = {} -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do found.update({column.name | lower: column.dtype | lower}) -%}
        {%- endfor -%}
        {%- set contract = source_contract(source_name, table_name) -%}
        {%- set synced = contract_cast(contract.columns['_fivetran_synced'], found) -%}
        max(case when {{ synced }} < cast('2100-01-01' as timestamp) then {{ synced }} end)
    {%- endif -%}
{%- endmacro %}

{# The contract of one source table: its entry in the sources YAML. #}
{% macro source_contract(source_name, table_name) %}
    {%- for node in graph.sources.values() -%}
        {%- if node.source_name == source_name and node.name == table_name -%}
            {{ return(node) }}
        {%- endif -%}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error('No contract for ' ~ source_name ~ '.' ~ table_name) }}
{% endmacro %}

{# The typed value of a contract column; a typed null where the extract lacks it. #}
{% macro contract_cast(column, found) -%}
    {%- set default = column.config.meta.get('default_from') -%}
    {%- if column.name not in found -%}
        {%- if default and default in found -%}
            {{ try_cast(default, column.data_type) }}
        {%- else -%}
            cast(null as {{ dbt.type_string() if column.data_type == 'varchar' else column.data_type }})
        {%- endif -%}
    {%- else -%}
        {%- set quoted = adapter.quote(column.name) -%}
        {%- set is_text = found[column.name] in ('varchar', 'string') -%}
        {%- if column.data_type == 'varchar' -%}
            {%- set value = present_text('cast(' ~ quoted ~ ' as ' ~ dbt.type_string() ~ ')') -%}
        {%- elif same_type(column.data_type, found[column.name]) -%}
            {%- set value = quoted -%}
        {%- elif column.data_type in ('bigint', 'integer') -%}
            {#- a fraction is not rounded away: 12.5 is no integer -#}
            {%- set wide = try_cast(('trim(' ~ quoted ~ ')') if is_text else quoted, 'decimal(38, 9)') -%}
            {%- set value -%}
                case when {{ wide }} = floor({{ wide }}) then {{ try_cast(wide, column.data_type) }} end
            {%- endset -%}
        {%- elif is_text and column.data_type == 'timestamp' -%}
            {%- set value = utc_timestamp('trim(' ~ quoted ~ ')') -%}
        {%- elif is_text and column.data_type == 'date' -%}
            {#- the day as written; a time of day behind it has to be one -#}
            {%- set value = 'cast(' ~ try_cast('trim(' ~ quoted ~ ')', 'timestamp') ~ ' as date)' -%}
        {%- else -%}
            {%- set value = try_cast(('trim(' ~ quoted ~ ')') if is_text else quoted, column.data_type) -%}
        {%- endif -%}
        {%- if default -%}
            coalesce({{ value }}, {{ try_cast(default, column.data_type) }})
        {%- else -%}
            {{ value }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# True where no cast can fail: the extract's type is the contract's, or the contract wants text. #}
{% macro same_type(contract_type, found_type) %}
    {%- set plain = {'bigint': ['bigint', 'integer', 'int', 'smallint', 'tinyint'], 'integer': ['integer', 'int', 'smallint', 'tinyint'],
        'timestamp': ['timestamp', 'timestamp_ntz'], 'date': ['date'], 'boolean': ['boolean']} -%}
    {{ return(contract_type == 'varchar' or found_type == contract_type or found_type in plain.get(contract_type, [])) }}
{% endmacro %}

{% macro is_blank(raw, found_type) -%}
    {%- if found_type in ('varchar', 'string') -%}
        (trim({{ raw }}) is null or trim({{ raw }}) = '')
    {%- else -%}
        {{ raw }} is null
    {%- endif -%}
{%- endmacro %}

{% macro same_key(key, contract, found) -%}
    {%- for column in key %}
        {{- ' and ' if not loop.first }}{{ contract_cast(contract.columns[column], found) }} = repeated.repeated_{{ column }}
    {%- endfor %}
{%- endmacro %}

{# The row without the moment of its delivery: equal for a replay, different for a new version. #}
{% macro business_content(columns, synced) -%}
    {%- set names = [] -%}
    {%- for column in columns if column.name != synced -%}
        {%- do names.append('c_' ~ column.name) -%}
    {%- endfor -%}
    {{ json_object_of(names) }}
{%- endmacro %}
