{# A number as people write it, without decimals, whatever its type: number_text takes decimals only. #}
{% macro whole_text(expression) -%}
    {{ number_text('cast(' ~ expression ~ ' as decimal(24, 6))', 0) }}
{%- endmacro %}

{# A sentence with its {words} filled in: `words` names an expression for each; one that is missing leaves nothing. #}
{% macro worded(sentence, words) -%}
    {%- for word, expression in words.items() %}replace({% endfor -%}
    {{ sentence }}
    {%- for word, expression in words.items() %}, '{{ '{' ~ word ~ '}' }}', coalesce({{ expression }}, '')){% endfor -%}
{%- endmacro %}
