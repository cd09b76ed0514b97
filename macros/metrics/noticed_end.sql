{# The local day on which a subscription is to end by notice, as one recorded version of it says; null without notice. #}
{% macro noticed_end(version='') -%}
    {%- set of = version ~ '.' if version else '' -%}
    case
        when {{ of }}cancels_at is not null then {{ local_date(of ~ 'cancels_at') }}
        when {{ of }}is_cancelled_at_period_end then {{ local_date(of ~ 'period_ends_at') }}
    end
{%- endmacro %}
