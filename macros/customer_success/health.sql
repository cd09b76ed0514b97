{# The components of the health score, in the order in which they are shown. What each weighs is in the seed
   `health_components`; a component without a row there does not count. #}
{% macro health_components() -%}
    {{ return([
        'usage_of_seats', 'usage_trend', 'open_tickets', 'urgent_tickets', 'reopened_tickets', 'sentiment', 'payment',
        'engagement', 'renewal',
    ]) }}
{%- endmacro %}

{# Points from 0 to 100: they rise evenly from `lowest` to `highest` and stay within. `highest` may be the smaller one.
   (greatest() passes over what is missing, hence the case.) #}
{% macro health_points(value, lowest, highest) -%}
    case when {{ value }} is not null then {{ portion(
        '100',
        'least(greatest((' ~ value ~ ' - ' ~ lowest ~ ') * sign(' ~ highest ~ ' - ' ~ lowest ~ '), 0), abs('
        ~ highest ~ ' - ' ~ lowest ~ '))',
        'nullif(abs(' ~ highest ~ ' - ' ~ lowest ~ '), 0)'
    ) }} end
{%- endmacro %}

{# Over all components: the weights of those that are known, and their points times their weights. #}
{% macro health_known_weights() -%}
    (
        {%- for component in health_components() %}
        case when {{ component }}_points is null then 0 else {{ component }}_weight end{{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro health_weighed_points() -%}
    (
        {%- for component in health_components() %}
        coalesce({{ component }}_points, 0) * {{ component }}_weight{{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# The first day after which a churn at the latest at the horizon's end is told as it will stay: who comes back within
   `link_days` has not left. #}
{% macro settled_on(month_start, horizon_months) -%}
    {{ dbt.dateadd('day', var('link_days'), last_day_of_month(add_months(month_start, horizon_months))) }}
{%- endmacro %}
