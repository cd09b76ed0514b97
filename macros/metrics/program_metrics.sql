{# The metrics that programs can be written in: `lines`, told by customer and source, so that an amount can be followed
   to its evidence, and `partners`, told by partner and month. What each one is, stands in `models/metrics`. #}
{% macro program_metrics() %}
    {{ return(var('program_metrics')) }}
{% endmacro %}

{# How each of these metrics is computed, by its own definition in the semantic layer: a mapping by name. Empty while
   dbt only parses. #}
{% macro program_metric_definitions() %}
    {%- set definitions = {} -%}
    {%- if execute and graph.metrics is defined -%}
        {%- set metrics = {} -%}
        {%- for metric in graph.metrics.values() -%}{%- do metrics.update({metric.name: metric}) -%}{%- endfor -%}
        {%- set lists = program_metrics() -%}
        {%- for name in lists.lines + lists.partners if name in metrics -%}
            {%- set metric = metrics[name] -%}
            {%- set meta = metric.config.meta or metric.meta -%}
            {%- set parts = metric.type_params -%}
            {%- set inputs = [metric] if metric.type == 'simple'
                else [metrics[parts.numerator.name], metrics[parts.denominator.name]] -%}
            {%- set conditions = metric_conditions(metric) -%}
            {%- set measures = [] -%}
            {%- for input in inputs -%}
                {%- do measures.append(metric_measure(input.type_params.measure.name)) -%}
                {%- if input.name != name -%}{%- do conditions.extend(metric_conditions(input)) -%}{%- endif -%}
            {%- endfor -%}
            {%- if measures | map(attribute='model') | unique | list | length > 1 -%}
                {{ exceptions.raise_compiler_error('Metric ' ~ name ~ ' divides measures of two tables, which programs do not read.') }}
            {%- endif -%}
            {%- do definitions.update({name: {
                'version': meta.metric_version,
                'is_money': meta.unit.startswith('Reporting currency'),
                'is_state': measures[0].is_state or metric.type == 'ratio',
                'is_additive': metric.type == 'simple' and measures[0].agg == 'sum',
                'is_distinct': measures[0].agg == 'count_distinct',
                'is_nought_when_missing': metric.type == 'simple' and parts.measure.fill_nulls_with == 0,
                'model': measures[0].model,
                'measures': measures,
                'condition': conditions | unique | join(' and ') or 'true',
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(definitions) }}
{% endmacro %}

{# A measure of the semantic layer: its aggregate, expression, table and the column of its month. #}
{% macro metric_measure(name) %}
    {%- for semantic_model in graph.semantic_models.values() -%}
        {%- for measure in semantic_model.measures if measure.name == name -%}
            {{ return({
                'model': semantic_model.node_relation.alias,
                'agg': measure.agg | string,
                'expr': measure.expr or measure.name,
                'is_state': measure.non_additive_dimension is not none,
            }) }}
        {%- endfor -%}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error('The semantic layer has no measure ' ~ name ~ '.') }}
{% endmacro %}

{# The filters of a metric as SQL on the columns of its table. #}
{% macro metric_conditions(metric) %}
    {%- set conditions = [] -%}
    {%- if metric.filter -%}
        {%- set columns = {} -%}
        {%- for semantic_model in graph.semantic_models.values() -%}
            {%- for dimension in semantic_model.dimensions -%}
                {%- for entity in [semantic_model.primary_entity] + (semantic_model.entities | map(attribute='name') | list) -%}
                    {%- do columns.update({entity ~ '__' ~ dimension.name: dimension.expr or dimension.name}) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for filter in metric.filter.where_filters -%}
            {%- set condition = {'sql': filter.where_sql_template} -%}
            {%- for name in modules.re.findall("Dimension\\('([a-z_0-9]+)'\\)", filter.where_sql_template) -%}
                {%- do condition.update(sql=modules.re.sub(
                    "\\{\\{ *Dimension\\('" ~ name ~ "'\\) *\\}\\}", columns[name], condition.sql
                )) -%}
            {%- endfor -%}
            {%- do conditions.append(condition.sql) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(conditions) }}
{% endmacro %}

{# What a metric sums, and of which rows, on the columns of its certified table. #}
{% macro metric_expression(definitions, name) -%}
    {{ definitions[name].measures[0].expr if name in definitions else 'cast(null as decimal(28, 6))' }}
{%- endmacro %}

{% macro metric_condition(definitions, name) -%}
    {{ definitions[name].condition if name in definitions else 'false' }}
{%- endmacro %}

{# What a line keeps when it is credited. #}
{% macro attributed_columns() -%}
    program_id, program_version_id, currency, metric_id, metric_version, partner_id, customer_id, product_id, partner_role,
    condition_key, source_type, source_id, amount, credit_percent, is_over_credit, is_money, is_state, month_start,
    occurred_on
{%- endmacro %}

{# The value of a metric over the rows of its certified table that are grouped: a measure, or one over another. #}
{% macro metric_value(metric) -%}
    {%- set aggregates = [] -%}
    {%- for measure in metric.measures -%}
        {%- do aggregates.append(
            'count(distinct ' ~ measure.expr ~ ')' if measure.agg == 'count_distinct'
            else divided('sum(' ~ measure.expr ~ ')', 'nullif(count(' ~ measure.expr ~ '), 0)') if measure.agg == 'average'
            else {'sum': 'sum', 'max': 'max', 'min': 'min'}[measure.agg] ~ '(' ~ measure.expr ~ ')'
        ) -%}
    {%- endfor -%}
    {%- if aggregates | length == 1 -%}
        cast({{ aggregates[0] }} as {{ type_money() }})
    {%- else -%}
        {{ divided(aggregates[0], 'nullif(' ~ aggregates[1] ~ ', 0)') }}
    {%- endif -%}
{%- endmacro %}
