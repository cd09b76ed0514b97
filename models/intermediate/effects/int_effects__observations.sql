-- What every estimate is made of: a unit that was exposed or was not, and what became of it. A unit stands once in
-- an estimate, so that the units of an estimate are independent of each other.
{%- set sources = [
    'int_effects__role_touch_observations',
    'int_effects__enablement_observations',
    'int_effects__conversation_observations',
] %}

{% for source in sources %}
    select
        exposure_id,
        exposure_kind,
        outcome_id,
        unit_kind,
        unit_id,
        stratum,
        is_exposed,
        outcome_numerator,
        outcome_denominator,
        month_start
    from {{ ref(source) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
