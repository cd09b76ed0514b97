{# Whether a row of the program files is known on the day that the calculation stands on. `version` is the alias of
   `int_incentives__versions`, which carries that day. #}
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
