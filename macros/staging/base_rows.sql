{#
Every landed row of one table, cast to its contract and judged: accepted, quarantined or superseded.

The contract is the table's entry in the source's YAML. Per column: `data_type`, and under
`config.meta`: `required`, `min`, `max`, `accepted_values`, `damaged_text: reject`. Per table, under
`config.meta`: `key` (columns), `deleted_flag` with `deleted_rows: superseded`, `checks` (a list of
`reason`, `column`, `fails_when`). A column that the extract does not have becomes a typed null.

`also_in` of a column names the other places where the same fact stands, the best first; the first that
says something counts. A path such as `pricing.price_details.price` is read as the columns
`pricing_price_details_price` and `pricing__price_details__price` and inside a document (JSON text or struct)
`pricing`. `key_apart` of a table is SQL on columns in braces, which sets apart rows that share the key: only
equal rows are versions of one. `named_by` are the columns that people know a row by, where the key is longer.

`parents` are the rows that a row must belong to: a list of
{column, model, key, reason, same_source}. They are arguments because dbt reads refs while parsing.

Verdict columns: `row_status`, `row_reason` (code|column), `row_key`, `raw_row` (JSON, quarantined
rows only), `first_synced_at`: of the latest version, the first delivery of the unbroken run of equal ones up to now,
so that a copy that is delivered again dates nothing (columns with `undated: true` under `config.meta` do not tell
versions apart here). A broken row is quarantined before versions are compared, so that a broken new version
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
{%- set key_parts = contract_key(contract, found) -%}
with

repeated as (
    -- keys that landed more than once; all other rows need no comparison of versions
    select {% for part in key_parts %}{{ part.landed }} as repeated_{{ part.name }}, {% endfor %}true as is_repeated
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
    left join repeated on {{ same_key(key_parts) }}
    where repeated.is_repeated is null
),

repeated_landed as (
    select landed.*
    from {{ relation }} as landed
    inner join repeated on {{ same_key(key_parts) }}
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
        {{ business_content(columns, synced) }} as business_content,
        {{ business_content(columns | rejectattr('config.meta.undated') | list, synced) }} as dated_content
    from repeated_rows
),

ranked_rows as (
    select
        versions.*,
        row_number() over (version_order) as version_rank,
        first_value(business_content) over (version_order) = business_content as is_replay,
        lag(dated_content) over (version_order) <> dated_content as is_other_version
    from versions
    window version_order as (
        partition by {% for part in key_parts %}{{ part.typed }}, {% endfor %}source_relation
        order by
            case when reject_reason is null then 0 else 1 end,
            {% if synced in contract.columns %}c_{{ synced }} desc nulls last,{% endif %}
            version_content desc
    )
),

-- up to the first version that differs from the latest
runs as (
    select
        ranked_rows.*,
        max(case when is_other_version then 1 else 0 end) over (
            partition by {% for part in key_parts %}{{ part.typed }}, {% endfor %}source_relation
            order by version_rank
            rows between unbounded preceding and current row
        ) as is_before_run
    from ranked_rows
),

all_rows as (
    select single_rows.*, 1 as version_rank, false as is_replay, {{ 'c_' ~ synced if synced in contract.columns else 'cast(null as timestamp)' }} as first_synced_at from single_rows
    union all
    select
        {% for column in columns %}c_{{ column.name }}, {% endfor %}{{ ', '.join(raw_columns) }}, reject_reason, version_rank, is_replay,
        {%- if synced in contract.columns %}
        case
            when version_rank = 1
                then min(case when is_before_run = 0 then c_{{ synced }} end) over (
                    partition by {% for part in key_parts %}{{ part.typed }}, {% endfor %}source_relation
                )
            else c_{{ synced }}
        end as first_synced_at
        {%- else %}
        cast(null as timestamp) as first_synced_at
        {%- endif %}
    from runs
)

select
    {%- for column in columns %}
    c_{{ column.name }} as {{ adapter.quote(column.name) }},
    {%- endfor %}
    source_relation,
    first_synced_at,
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
            then concat_ws('|'{% for name in meta.get('named_by', meta.key) %}, cast(c_{{ name }} as {{ dbt.type_string() }}){% endfor %})
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
            {%- set spellings = contract_spellings(column, found, 'typed.') %}
            {%- set cast_value = 'typed.c_' ~ column.name %}
            {%- if rules.get('required') and spellings %}
            when {{ cast_value }} is null and {{ is_blank(spellings) }} then 'missing_value|{{ column.name }}'
            {%- elif rules.get('required') %}
            when {{ cast_value }} is null then 'missing_value|{{ column.name }}'
            {%- endif %}
            {%- if spellings | rejectattr('is_read_as_is') | list %}
            when {{ cast_value }} is null and not {{ is_blank(spellings) }} then 'wrong_type|{{ column.name }}'
            {%- endif %}
            {%- if column.data_type in ('timestamp', 'date') and spellings %}
            when {{ cast_value }} < cast('1990-01-01' as {{ column.data_type }})
                or {{ cast_value }} >= cast('2100-01-01' as {{ column.data_type }}) then 'impossible_date|{{ column.name }}'
            {%- endif %}
            {%- if column.name == '_fivetran_synced' and column.name in found %}
            when {{ cast_value }} > plausible.latest_at then 'impossible_date|{{ column.name }}'
            {%- endif %}
            {%- if (column.name in meta.key or rules.get('damaged_text') == 'reject') and column.data_type == 'varchar' and spellings %}
            when {{ has_damaged_text(cast_value) }} then 'damaged_text|{{ column.name }}'
            {%- endif %}
            {%- if rules.min is defined and spellings %}
            when {{ cast_value }} < {{ rules.min }} then 'out_of_range|{{ column.name }}'
            {%- endif %}
            {%- if rules.max is defined and spellings %}
            when {{ cast_value }} > {{ rules.max }} then 'out_of_range|{{ column.name }}'
            {%- endif %}
            {%- if rules.accepted_values is defined and spellings %}
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

{# The typed value of a contract column: of the first place that says something; a typed null where the extract
   has none. #}
{% macro contract_cast(column, found) -%}
    {%- set default = column.config.meta.get('default_from') -%}
    {%- set values = [] -%}
    {%- for spelling in contract_spellings(column, found) -%}
        {%- do values.append(typed_value(spelling, column.data_type)) -%}
    {%- endfor -%}
    {%- if default and default in found -%}
        {%- do values.append(try_cast(default, column.data_type)) -%}
    {%- endif -%}
    {%- if not values -%}
        cast(null as {{ dbt.type_string() if column.data_type == 'varchar' else column.data_type }})
    {%- elif values | length == 1 -%}
        {{ values[0] }}
    {%- else -%}
        coalesce({{ values | join(', ') }})
    {%- endif -%}
{%- endmacro %}

{# Where an extract says a contract column, the best place first: the column itself, then what `also_in` names. #}
{% macro contract_spellings(column, found, prefix='') %}
    {%- set spellings = [] -%}
    {%- set seen = [] -%}
    {%- for path in [column.name] + column.config.meta.get('also_in', []) -%}
        {%- set parts = path.split('.') -%}
        {%- for name in ['_'.join(parts), '__'.join(parts)] if name in found and name not in seen -%}
            {%- do seen.append(name) -%}
            {%- set quoted = prefix ~ adapter.quote(name) -%}
            {%- set is_text = found[name] in ('varchar', 'string') -%}
            {#- an object under a name that elsewhere holds an id is no id -#}
            {%- if is_text and name != column.name -%}
                {%- set quoted = "case when trim(" ~ quoted ~ ") not like '{%' then " ~ quoted ~ " end" -%}
            {%- endif -%}
            {%- do spellings.append({
                'sql': quoted, 'type': found[name], 'is_in_document': false,
                'is_read_as_is': same_type(column.data_type, found[name])
            }) -%}
        {%- endfor -%}
        {%- for cut in range(parts | length - 1, 0, -1) -%}
            {%- for name in ['_'.join(parts[:cut]), '__'.join(parts[:cut])] if name in found and (name ~ '.' ~ path) not in seen -%}
                {%- do seen.append(name ~ '.' ~ path) -%}
                {%- set document = document_text(prefix ~ adapter.quote(name), found[name]) -%}
                {%- do spellings.append({
                    'sql': json_text(document, '.'.join(parts[cut:])), 'type': 'varchar', 'is_in_document': true,
                    'is_read_as_is': column.data_type == 'varchar'
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(spellings) }}
{% endmacro %}

{# One place's value as the contract's type; null where it cannot be read. #}
{% macro typed_value(spelling, data_type) -%}
    {%- set is_text = spelling.type in ('varchar', 'string') -%}
    {%- set raw = ('trim(' ~ spelling.sql ~ ')') if is_text else spelling.sql -%}
    {%- if data_type == 'varchar' -%}
        {{ present_text('cast(' ~ spelling.sql ~ ' as ' ~ dbt.type_string() ~ ')') }}
    {%- elif spelling.is_read_as_is -%}
        {{ spelling.sql }}
    {%- elif data_type in ('bigint', 'integer') -%}
        {#- a fraction is not rounded away: 12.5 is no integer -#}
        {%- set wide = try_cast(raw, 'decimal(38, 9)') -%}
        case when {{ wide }} = floor({{ wide }}) then {{ try_cast(wide, data_type) }} end
    {%- elif spelling.is_in_document and data_type == 'timestamp' -%}
        {{ document_timestamp(raw) }}
    {%- elif is_text and data_type == 'timestamp' -%}
        {{ utc_timestamp(raw) }}
    {%- elif is_text and data_type == 'date' -%}
        {#- the day as written; a time of day behind it has to be one -#}
        cast({{ try_cast(raw, 'timestamp') }} as date)
    {%- else -%}
        {{ try_cast(raw, data_type) }}
    {%- endif -%}
{%- endmacro %}

{# True where no cast can fail: the extract's type is the contract's, or the contract wants text. #}
{% macro same_type(contract_type, found_type) %}
    {%- set plain = {'bigint': ['bigint', 'integer', 'int', 'smallint', 'tinyint'], 'integer': ['integer', 'int', 'smallint', 'tinyint'],
        'timestamp': ['timestamp', 'timestamp_ntz'], 'date': ['date'], 'boolean': ['boolean']} -%}
    {{ return(contract_type == 'varchar' or found_type == contract_type or found_type in plain.get(contract_type, [])) }}
{% endmacro %}

{# True where no place says anything. #}
{% macro is_blank(spellings) -%}
    {%- set blanks = [] -%}
    {%- for spelling in spellings -%}
        {%- if spelling.type in ('varchar', 'string') -%}
            {%- do blanks.append('(trim(' ~ spelling.sql ~ ') is null or trim(' ~ spelling.sql ~ ") = '')") -%}
        {%- else -%}
            {%- do blanks.append(spelling.sql ~ ' is null') -%}
        {%- endif -%}
    {%- endfor -%}
    ({{ blanks | join(' and ') }})
{%- endmacro %}

{# The parts of a table's key: their SQL on landed rows and on typed ones, and whether they may be empty. #}
{% macro contract_key(contract, found) %}
    {%- set parts = [] -%}
    {%- for name in contract.config.meta.key -%}
        {%- do parts.append({
            'name': name, 'landed': contract_cast(contract.columns[name], found), 'typed': 'c_' ~ name,
            'may_be_empty': not contract.columns[name].config.meta.get('required')
        }) -%}
    {%- endfor -%}
    {%- if contract.config.meta.key_apart is defined -%}
        {%- set text = namespace(landed=contract.config.meta.key_apart, typed=contract.config.meta.key_apart) -%}
        {%- for column in contract.columns.values() -%}
            {%- set text.landed = text.landed.replace('{' ~ column.name ~ '}', '(' ~ contract_cast(column, found) ~ ')') -%}
            {%- set text.typed = text.typed.replace('{' ~ column.name ~ '}', 'c_' ~ column.name) -%}
        {%- endfor -%}
        {%- do parts.append({'name': 'key_apart', 'landed': text.landed, 'typed': text.typed, 'may_be_empty': true}) -%}
    {%- endif -%}
    {{ return(parts) }}
{% endmacro %}

{# Landed rows and repeated keys; an empty part equals an empty one. #}
{% macro same_key(key_parts) -%}
    {%- for part in key_parts %}
        {{- ' and ' if not loop.first }}{{ part.landed }} {{ 'is not distinct from' if part.may_be_empty else '=' }} repeated.repeated_{{ part.name }}
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
