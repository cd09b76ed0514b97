{# The id of an object across accounts of one system. The first account's ids stay as they are; those
   of a further account (a landing folder `<source>__<name>`) carry its name, so that two accounts
   never meet in one key. #}
{% macro canonical_id(column, source_name, table='') -%}
    {%- set relation = (table ~ '.' if table) ~ 'source_relation' -%}
    case
        when {{ relation }} = '{{ source_name }}' then {{ column }}
        else {{ relation }} || ':' || {{ column }}
    end
{%- endmacro %}
