{# Every version of every metric as a mapping, read from the metric's own YAML: label, description and
   `config.meta`. While dbt only parses there are none yet. The current version comes first. #}
{% macro metric_catalogue_entries() %}
    {% set entries = [] %}
    {% if execute %}
        {% for metric in graph.metrics.values() | sort(attribute='name') %}
            {% set meta = metric.config.meta or metric.meta %}
            {% do entries.append(dict(
                {'definition': metric.description},
                metric_id=metric.name, metric_name=metric.label, is_current=true, **meta
            )) %}
            {% for version in meta.get('earlier_versions') or [] %}
                {% do entries.append(dict(
                    version, metric_id=metric.name, metric_name=metric.label, is_current=false
                )) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {{ return(entries) }}
{% endmacro %}

{# The entries as a query: a typed row each, and no row where there are none. #}
{% macro metric_catalogue_rows(texts, flags) %}
    {%- for entry in metric_catalogue_entries() %}
    select
        {%- for text in texts %}
        cast({{ catalogue_text(entry, text) }} as {{ dbt.type_string() }}) as {{ text }},
        {%- endfor %}
        {%- for flag in flags %}
        cast({{ 'null' if entry.get(flag) is none else entry.get(flag) | string | lower }} as boolean) as {{ flag }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {%- for text in texts %}
        cast(null as {{ dbt.type_string() }}) as {{ text }},
        {%- endfor %}
        {%- for flag in flags %}
        cast(null as boolean) as {{ flag }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    where false
    {%- endfor %}
{%- endmacro %}

{# A text of an entry as a literal on one line. An entry without it is not complete, and nothing is built. #}
{% macro catalogue_text(entry, key) -%}
    {%- set text = (entry[key] if entry.get(key) is not none else '') | string -%}
    {%- if not text | trim -%}
        {{ exceptions.raise_compiler_error(
            'Metric ' ~ entry['metric_id'] ~ ' has no `' ~ key ~ '` in its catalogue entry (models/metrics).'
        ) }}
    {%- endif -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text.split() | join(' '))) }}
{%- endmacro %}
