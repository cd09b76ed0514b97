{# The day whose knowledge of the rules counts: the variable, or the day that the data speaks for. #}
{% macro programs_known_on(as_of) -%}
    {%- if var('programs_known_on') -%}
        cast('{{ var("programs_known_on") }}' as date)
    {%- else -%}
        {{ as_of }}.as_of_date
    {%- endif -%}
{%- endmacro %}

{# Whether a row of the program files is known on a day. #}
{% macro rule_is_known(rule, known_on) -%}
    {{ rule }}.recorded_on <= {{ known_on }}
    and ({{ rule }}.superseded_on is null or {{ rule }}.superseded_on > {{ known_on }})
{%- endmacro %}

{# Whether a rule of a version applies to the period that starts on `period_start`: it is known, and the period starts
   within the version's time and the rule's own. A join condition between a rule, its version and a period. #}
{% macro rule_in_force(rule, version, period_start) -%}
    {{ rule }}.program_version_id = {{ version }}.program_version_id
    and {{ rule_is_known(rule, version ~ '.known_on') }}
    and {{ period_start }} >= {{ version }}.applies_from
    and {{ period_start }} < {{ version }}.applies_to
    and ({{ rule }}.valid_from is null or {{ period_start }} >= {{ rule }}.valid_from)
    and ({{ rule }}.valid_to is null or {{ period_start }} < {{ rule }}.valid_to)
{%- endmacro %}

{# The key of a rule within its version as one text: its parts behind one another. #}
{% macro rule_key(columns) -%}
    {%- for column in columns -%}
        {{ " || '/' || " if not loop.first }}coalesce(cast({{ column }} as {{ dbt.type_string() }}), '')
    {%- endfor -%}
{%- endmacro %}
